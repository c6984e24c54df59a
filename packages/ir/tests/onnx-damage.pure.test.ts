import { fromNumbers, tensorF32, type Tensor } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { describe, expect, test } from 'vitest';
import { encodeModel, filled, ints, type TestModel } from './onnx-model.js';

function refusal(model: TestModel): string {
  try {
    importOnnx(encodeModel(model));
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

interface Single {
  readonly reads?: readonly string[];
  readonly outputs?: readonly string[];
  readonly initializers?: TestModel['initializers'];
  readonly attributes?: TestModel['nodes'][number]['attributes'];
}

/** A model of one node, which reads a picture unless told otherwise. */
function one(type: string, { reads = ['x'], outputs = ['y'], initializers = {}, attributes = {} }: Single): TestModel {
  const node = { type, name: 'n', inputs: reads, outputs, attributes };
  return { inputs: { x: [1, 3, 8, 8] }, initializers, nodes: [node], outputs };
}

/** What damaging files has found: each was an internal error, or took all memory, once. */
test.each([
  [
    'a result the operator does not have',
    one('Relu', { outputs: ['y', 'z'] }),
    'CompileError: AIT1005 Relu "n": output 1 is not supported.',
  ],
  ['a sum of nothing', one('Sum', { reads: [] }), 'CompileError: AIT1002 Sum "n": input 0 is missing.'],
  [
    'a stride no kernel can count',
    one('Conv', {
      reads: ['x', 'w'],
      initializers: { w: filled([3, 3, 1, 1], 1) },
      attributes: { strides: [2, 2 ** 53] },
    }),
    'CompileError: AIT2102 conv2d "n": strides, dilations and groups must be whole numbers from 1 to 2147483647',
  ],
  [
    'a constant that expands to less than nothing',
    one('Expand', { reads: ['c', 's'], initializers: { c: filled([1], 1), s: ints(-1) } }),
    'CompileError: AIT2101 tensor "y": the shape [-1] is impossible.',
  ],
  [
    'a window of gigabytes',
    one('LpPool', { attributes: { kernel_shape: [3, 2 ** 31], pads: [2, 2, 2, 2] } }),
    'CompileError: AIT1007 LpPool "n": makes f32[3,1,3,2147483648], which is too large.',
  ],
  [
    'a range that begins between two elements',
    one('Slice', {
      reads: ['x', 'from', 'to'],
      initializers: { from: tensorF32([1], [0.5]), to: ints(1) },
    }),
    'CompileError: AIT1002 Slice "n": input 1 must hold whole numbers.',
  ],
  [
    'a region without end',
    one('Resize', {
      reads: ['x', 'roi', 'scales'],
      initializers: {
        roi: fromNumbers('f32', [8], [0, 0, 0, 0, 1, 1, Infinity, 1]),
        scales: tensorF32([4], [1, 1, 2, 2]),
      },
      attributes: { coordinate_transformation_mode: 'tf_crop_and_resize', mode: 'linear' },
    }),
    'CompileError: AIT1002 Resize "n": input 1 must hold finite numbers.',
  ],
] as const)('%s', (_, model, message) => {
  expect(refusal(model)).toBe(message);
});

describe('whole numbers where only real ones make sense', () => {
  const line = fromNumbers('i64', [1, 2, 3], [3, 1, 2, 6, 5, 4]);
  const two = ints(1, 1);
  const known = (type: string, ...more: readonly Tensor[]): TestModel => {
    const parameters = Object.fromEntries(more.map((tensor, index) => [`p${index}`, tensor]));
    return one(type, {
      reads: ['c', ...Object.keys(parameters)],
      initializers: { c: line, ...parameters },
      attributes: type.endsWith('Pool') ? { kernel_shape: [2] } : {},
    });
  };

  test.each<readonly [string, string, readonly Tensor[]]>([
    ['Softmax', 'softmax', []],
    ['LogSoftmax', 'softmax', []],
    ['AveragePool', 'the average', []],
    ['Conv', 'convolution', [fromNumbers('i64', [2, 2, 1], [1, 2, 3, 4])]],
    ['LayerNormalization', 'normalisation', [ints(1, 1, 1)]],
    ['BatchNormalization', 'batch normalisation', [two, two, two, two]],
  ])('%s', (type, what, parameters) => {
    expect(refusal(known(type, ...parameters))).toBe(
      `CompileError: AIT2103 ${type} "n": ${what} of i64 makes no sense`,
    );
  });

  test('the greatest of some is one of them', () => {
    expect(refusal(known('MaxPool'))).toBe('accepted');
  });
});
