import {
  batchNorm,
  cast,
  concat,
  conv2d,
  expand,
  gather,
  matmul,
  OPS,
  pad,
  pool2d,
  reduce,
  reshape,
  shapeOf,
  slice,
  softmax,
  split,
  tensorF32,
  tensorI64,
  toNumbers,
  transpose,
  typeOf,
  type EpilogueStep,
  type Tensor,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { counting, evaluate, refusal, values } from './evaluate-op.js';

const CONV = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;
const POOL = {
  mode: 'max',
  kernel: [2, 2],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  ceil: false,
  countIncludePad: false,
} as const;

describe('conv2d', () => {
  test('a 2x2 sum', () => {
    expect(values(conv2d, [counting(1, 1, 3, 3), tensorF32([1, 1, 2, 2], [1, 1, 1, 1])], CONV)).toEqual([
      12, 16, 24, 28,
    ]);
  });

  test('stride, dilation and padding pick the right elements', () => {
    const x = counting(1, 1, 3, 3);
    const w = tensorF32([1, 1, 2, 2], [1, 10, 100, 1000]);
    expect(values(conv2d, [x, w], { ...CONV, dilations: [2, 2] })).toEqual([1 + 30 + 700 + 9000]);
    expect(values(conv2d, [x, w], { ...CONV, strides: [2, 2], pads: [1, 1, 0, 0] })).toEqual([1000, 3200, 7040, 9865]);
  });

  test('groups see their own channels', () => {
    const x = tensorF32([1, 4, 1, 1], [1, 2, 3, 4]);
    expect(values(conv2d, [x, tensorF32([2, 2, 1, 1], [1, 1, 1, 1])], { ...CONV, groups: 2 })).toEqual([3, 7]);
  });

  test('the epilogue is applied in order', () => {
    const inputs = [
      tensorF32([1, 1, 1, 1], [2]),
      tensorF32([1, 1, 1, 1], [3]),
      tensorF32([1], [-10]),
      tensorF32([1, 1, 1, 1], [5]),
    ];
    const steps: EpilogueStep[] = [{ kind: 'bias', operand: 2 }, { kind: 'relu' }, { kind: 'add', operand: 3 }];
    expect(values(conv2d, inputs, { ...CONV, epilogue: steps })).toEqual([5]);
    expect(values(conv2d, inputs, { ...CONV, epilogue: [...steps].reverse() })).toEqual([1]);
  });

  test('refusals say what to do', () => {
    const x = counting(1, 4, 3, 3);
    expect(refusal(conv2d, [x, counting(2, 2, 1, 1)], CONV)).toBe(
      'AIT2101 n: weight expects 2 input channels, input has 4. If the model uses groups, set groups=2.',
    );
    expect(refusal(conv2d, [x, counting(3, 2, 1, 1)], { ...CONV, groups: 2 })).toBe(
      'AIT2101 n: 3 output channels cannot be divided into 2 groups',
    );
    expect(refusal(conv2d, [x, counting(1, 4, 5, 5)], CONV)).toBe(
      'AIT2101 n: the 5x5 window is larger than the padded 3x3 input',
    );
    expect(refusal(conv2d, [x, counting(1, 4, 1, 1)], { ...CONV, strides: [0, 1] })).toBe(
      'AIT2102 n: strides, dilations and groups must be whole numbers from 1 to 2147483647',
    );
    expect(refusal(conv2d, [x, counting(1, 4, 1, 1)], { ...CONV, epilogue: [{ kind: 'bias', operand: 2 }] })).toBe(
      'AIT2102 n: step bias reads input 2, which does not exist',
    );
    expect(
      refusal(conv2d, [x, counting(1, 4, 1, 1), counting(2)], { ...CONV, epilogue: [{ kind: 'bias', operand: 2 }] }),
    ).toBe('AIT2101 n: operand [2] of step bias does not fit the result [1,1,3,3]');
    const late = { ...CONV, prologue: [{ kind: 'mul', operand: 2 }] } as const;
    expect(refusal(conv2d, [x, counting(4, 4, 1, 1), counting(1, 3, 1, 1)], late)).toBe(
      'AIT2101 n: operand [1,3,1,1] of step mul does not fit the result [1,4,3,3]',
    );
  });

  test('a depthwise stage comes before the prologue, and that before the sum over channels', () => {
    const inputs = [
      tensorF32([1, 2, 1, 2], [1, 2, 3, 4]),
      tensorF32([1, 2, 1, 1], [1, 1]),
      tensorF32([2, 1, 1, 2], [1, 10, -1, 1]),
    ];
    const stage = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], weight: 2 } as const;
    // 1 + 20 and -3 + 4; the larger one is bounded.
    expect(values(conv2d, inputs, { ...CONV, depthwise: stage })).toEqual([22]);
    const prologue = [{ kind: 'clamp', min: 0, max: 16 }] as const;
    expect(values(conv2d, inputs, { ...CONV, depthwise: stage, prologue })).toEqual([17]);
  });

  test('refusals of a depthwise stage', () => {
    const [x, w] = [counting(1, 4, 3, 3), counting(2, 4, 1, 1)];
    const stage = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], weight: 2 } as const;
    expect(refusal(conv2d, [x, w], { ...CONV, depthwise: stage })).toBe('AIT2102 n: its depthwise stage has no weight');
    expect(refusal(conv2d, [x, w, counting(8, 1, 3, 3)], { ...CONV, depthwise: stage })).toBe(
      'AIT2101 n: a depthwise stage has one filter for each of 4 channels, not 8',
    );
    expect(refusal(conv2d, [x, w, counting(4, 1, 5, 5)], { ...CONV, depthwise: stage })).toBe(
      'AIT2101 n: the 5x5 window is larger than the padded 3x3 input',
    );
  });

  test('multiply-adds of the ResNet stem', () => {
    const types = [counting(1, 3, 224, 224), counting(64, 3, 7, 7)].map(typeOf);
    const attrs = { ...CONV, strides: [2, 2], pads: [3, 3, 3, 3] } as const;
    expect(conv2d.multiplyAdds?.(types, conv2d.infer(types, attrs, 'stem'), attrs)).toBe(118_013_952);
  });
});

describe('matmul', () => {
  test('with either side transposed', () => {
    const [a, b] = [counting(2, 3), counting(3, 2)];
    const plain = { transA: false, transB: false, epilogue: [] };
    expect(values(matmul, [a, b], plain)).toEqual([22, 28, 49, 64]);
    expect(values(matmul, [b, b], { ...plain, transA: true })).toEqual([35, 44, 44, 56]);
    expect(values(matmul, [a, a], { ...plain, transB: true })).toEqual([14, 32, 32, 77]);
  });

  test('leading axes broadcast', () => {
    const [result] = evaluate(matmul, [counting(2, 1, 1, 2), counting(3, 2, 1)], {
      transA: false,
      transB: false,
      epilogue: [],
    });
    expect(result).toEqual(tensorF32([2, 3, 1, 1], [5, 11, 17, 11, 25, 39]));
  });

  test('extents that do not meet', () => {
    expect(refusal(matmul, [counting(2, 3), counting(2, 3)], { transA: false, transB: false, epilogue: [] })).toBe(
      'AIT2101 n: [2,3] and [2,3] cannot be multiplied',
    );
  });
});

describe('pool2d', () => {
  test('max, average, padding counted or not', () => {
    const x = counting(1, 1, 3, 3);
    expect(values(pool2d, [x], POOL)).toEqual([5, 6, 8, 9]);
    const padded = { ...POOL, mode: 'average', strides: [2, 2], pads: [1, 1, 0, 0] } as const;
    expect(values(pool2d, [x], padded)).toEqual([1, 2.5, 5.5, 7]);
    expect(values(pool2d, [x], { ...padded, countIncludePad: true })).toEqual([0.25, 1.25, 2.75, 7]);
  });

  test('ceil mode adds a window that hangs over', () => {
    expect(values(pool2d, [counting(1, 1, 1, 4)], { ...POOL, kernel: [1, 3], strides: [1, 2], ceil: true })).toEqual([
      3, 4,
    ]);
  });

  test('NaN wins a maximum', () => {
    expect(values(pool2d, [tensorF32([1, 1, 1, 2], [NaN, 1])], { ...POOL, kernel: [1, 2] })).toEqual([NaN]);
  });
});

describe('normalisation, reduction', () => {
  test('batchNorm', () => {
    const vector = (...numbers: number[]): Tensor => tensorF32([2], numbers);
    const inputs = [tensorF32([1, 2, 1], [3, 5]), vector(2, 1), vector(1, 0), vector(1, 5), vector(4, 9)];
    expect(values(batchNorm, inputs, { epsilon: 0 })).toEqual([3, 0]);
  });

  test('softmax along an inner axis survives large values', () => {
    const result = values(softmax, [tensorF32([2, 2], [1000, 0, 1000, Math.log(3)])], { axis: 0 });
    expect(result).toEqual([0.5, 0.25, 0.5, 0.75]);
  });

  test.each([
    ['sum', [6, 15]],
    ['mean', [2, 5]],
    ['max', [3, 6]],
    ['min', [1, 4]],
    ['prod', [6, 120]],
  ] as const)('reduce %s', (mode, expected) => {
    expect(values(reduce, [counting(2, 3)], { mode, axes: [1], keepDims: false })).toEqual(expected);
  });
});

describe('moves', () => {
  test('reshape, transpose, concat, split', () => {
    expect(values(reshape, [counting(2, 3)], { shape: [3, 2] })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(values(transpose, [counting(2, 3)], { perm: [1, 0] })).toEqual([1, 4, 2, 5, 3, 6]);
    expect(values(concat, [counting(2, 1), counting(2, 2)], { axis: 1 })).toEqual([1, 1, 2, 2, 3, 4]);
    const parts = evaluate(split, [counting(2, 3)], { axis: 1, sizes: [1, 2] });
    expect(parts.map(toNumbers)).toEqual([
      [1, 4],
      [2, 3, 5, 6],
    ]);
    expect(refusal(reshape, [counting(2, 3)], { shape: [4] })).toBe('AIT2101 n: [2,3] cannot be reshaped to [4]');
    expect(refusal(split, [counting(2, 3)], { axis: 1, sizes: [1, 1] })).toBe(
      'AIT2102 n: sizes [1,1] do not make up axis 1 of [2,3]',
    );
  });

  test('slice backwards, gather from the end, expand', () => {
    expect(values(slice, [counting(5)], { starts: [4], steps: [-2], sizes: [3] })).toEqual([5, 3, 1]);
    expect(refusal(slice, [counting(5)], { starts: [4], steps: [-3], sizes: [3] })).toBe(
      'AIT2102 n: axis 0: 4…-2 lies outside 0…4',
    );
    expect(values(gather, [counting(3, 2), tensorI64([2], [-1, 0])], { axis: 0 })).toEqual([5, 6, 1, 2]);
    expect(values(expand, [counting(2, 1)], { shape: [2, 2] })).toEqual([1, 1, 2, 2]);
  });

  test.each([
    ['constant', [0, 0, 1, 2, 3, 0]],
    ['edge', [1, 1, 1, 2, 3, 3]],
    ['reflect', [3, 2, 1, 2, 3, 2]],
  ] as const)('pad %s', (mode, expected) => {
    expect(values(pad, [counting(3)], { mode, before: [2], after: [1], value: 0 })).toEqual(expected);
  });

  test('cast truncates and saturates; shapeOf', () => {
    expect(values(cast, [tensorF32([3], [-1.7, 2.9, 0])], { to: 'i64' })).toEqual([-1, 2, 0]);
    expect(values(cast, [tensorF32([2], [0.5, 0])], { to: 'bool' })).toEqual([1, 0]);
    expect(cast.evaluate([tensorF32([1], [1e30])], { to: 'i64' })[0]?.data).toEqual(BigInt64Array.of(2n ** 63n - 1n));
    expect(values(shapeOf, [counting(2, 3)], {})).toEqual([2, 3]);
  });
});

test('an op is registered under its own kind', () => {
  for (const [kind, op] of Object.entries(OPS)) expect(op.kind).toBe(kind);
});
