import { fromNumbers, interpret, typeAt, valueAt } from '@ait-rvv/ir';
import { CONVERTERS, exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { describe, expect, test } from 'vitest';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { randomInputs, randomTensor, relativeError } from '../../../tools/testing/tensors.js';
import { LINE_CASES } from './onnx-cases/lines.js';
import { NUMBER_CASES } from './onnx-cases/numbers.js';
import { f, picture, scalar, type OpCase, type OpCases } from './onnx-cases/op-case.js';
import { PLACE_CASES } from './onnx-cases/places.js';
import { WINDOW_CASES } from './onnx-cases/windows.js';
import { encodeModel, filled, ints, type TestModel } from './onnx-model.js';

const positive = { initializers: { p: randomTensor([3, 5], 9, 0.25, 2) } };

const CASES: OpCases = {
  ...NUMBER_CASES,
  ...WINDOW_CASES,
  ...LINE_CASES,
  ...PLACE_CASES,
  'Conv, defaults': { type: 'Conv', inputs: picture, initializers: { w: randomTensor([3, 4, 3, 3], 1) } },
  'Conv, all attributes': {
    type: 'Conv',
    inputs: picture,
    initializers: { w: randomTensor([6, 2, 3, 2], 1), b: randomTensor([6], 2) },
    attributes: { group: 2, strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 1], kernel_shape: [3, 2] },
  },
  'Conv, SAME_UPPER': {
    type: 'Conv',
    inputs: picture,
    initializers: { w: randomTensor([3, 4, 4, 3], 1) },
    attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
  },
  'Conv, SAME_LOWER': {
    type: 'Conv',
    inputs: picture,
    initializers: { w: randomTensor([3, 4, 4, 3], 1) },
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] },
  },
  'Conv, VALID': {
    type: 'Conv',
    inputs: picture,
    initializers: { w: randomTensor([3, 4, 3, 3], 1) },
    attributes: { auto_pad: 'VALID' },
  },
  'Conv, depthwise': {
    type: 'Conv',
    inputs: picture,
    initializers: { w: randomTensor([8, 1, 3, 3], 1) },
    attributes: { group: 4 },
  },
  BatchNormalization: {
    type: 'BatchNormalization',
    inputs: picture,
    attributes: { epsilon: f(1e-3), momentum: f(0.8) },
    initializers: {
      s: randomTensor([4], 1),
      b: randomTensor([4], 2),
      m: randomTensor([4], 3),
      v: randomTensor([4], 4, 0.5, 2),
    },
  },
  Gemm: { type: 'Gemm', inputs: { a: [3, 4] }, initializers: { b: randomTensor([4, 5], 1), c: randomTensor([5], 2) } },
  'Gemm, all attributes': {
    type: 'Gemm',
    inputs: { a: [4, 3] },
    initializers: { b: randomTensor([5, 4], 1), c: randomTensor([3, 1], 2) },
    attributes: { alpha: f(0.5), beta: f(2), transA: 1, transB: 1 },
  },
  'Gemm without C': { type: 'Gemm', inputs: { a: [3, 4], b: [4, 2] } },
  'Gemm, opset 7': {
    type: 'Gemm',
    opset: 7,
    inputs: { a: [3, 4] },
    initializers: { b: randomTensor([4, 5], 1), c: scalar(0.5) },
  },
  MatMul: { type: 'MatMul', inputs: { a: [2, 3, 4], b: [4, 5] } },
  'MatMul of a vector': { type: 'MatMul', inputs: { a: [4], b: [4, 5] } },
  'MatMul by a vector': { type: 'MatMul', inputs: { a: [3, 4], b: [4] } },
  'Clip, both bounds': { type: 'Clip', inputs: picture, initializers: { low: scalar(-0.25), high: scalar(0.5) } },
  'Clip, upper bound only': {
    type: 'Clip',
    inputs: picture,
    initializers: { high: scalar(0.5) },
    reads: ['x', '', 'high'],
  },
  'Clip, opset 6 form': { type: 'Clip', opset: 10, inputs: picture, attributes: { min: f(-0.5), max: f(0.25) } },
  HardSigmoid: { type: 'HardSigmoid', inputs: picture },
  'HardSigmoid, attributes': { type: 'HardSigmoid', inputs: picture, attributes: { alpha: f(0.4), beta: f(0.3) } },
  LeakyRelu: { type: 'LeakyRelu', inputs: picture, attributes: { alpha: f(0.2) } },
  Gelu: { type: 'Gelu', opset: 20, inputs: picture },
  'Gelu, tanh': { type: 'Gelu', opset: 20, inputs: picture, attributes: { approximate: 'tanh' } },
  'Add, broadcast both ways': { type: 'Add', inputs: { x: [3, 1, 5], y: [4, 1] } },
  'Sub of a constant': {
    type: 'Sub',
    inputs: { x: [3, 5] },
    initializers: { c: randomTensor([3, 5], 1) },
    reads: ['c', 'x'],
  },
  Div: { type: 'Div', inputs: { x: [3, 5] }, ...positive },
  Pow: { type: 'Pow', inputs: { x: [3, 5] }, ...positive, reads: ['p', 'x'] },
  'Sum of three': { type: 'Sum', inputs: { x: [3, 5], y: [5], z: [1, 1] } },
  'Mean of two': { type: 'Mean', inputs: { x: [3, 5], y: [5] } },
  'Max of three': { type: 'Max', inputs: { x: [3, 5], y: [5], z: [3, 1] } },
  'Min of one': { type: 'Min', inputs: { x: [3, 5] } },
  Log: { type: 'Log', inputs: {}, ...positive, reads: ['p'] },
  Sqrt: { type: 'Sqrt', inputs: {}, ...positive, reads: ['p'] },
  Reciprocal: { type: 'Reciprocal', inputs: {}, ...positive, reads: ['p'] },
  Concat: { type: 'Concat', inputs: { x: [2, 3, 4], y: [2, 1, 4] }, attributes: { axis: -2 } },
  'Split, equal': { type: 'Split', inputs: { x: [2, 6] }, attributes: { axis: 1 }, results: 3, opset: 13 },
  'Split, num_outputs uneven': {
    type: 'Split',
    opset: 18,
    inputs: { x: [2, 7] },
    attributes: { axis: 1, num_outputs: 3 },
    results: 3,
  },
  'Split, sizes as input': {
    type: 'Split',
    inputs: { x: [2, 6] },
    initializers: { s: ints(1, 5) },
    attributes: { axis: -1 },
    results: 2,
  },
  'Split, sizes as attribute': {
    type: 'Split',
    opset: 11,
    inputs: { x: [2, 6] },
    attributes: { axis: 1, split: [2, 4] },
    results: 2,
  },
  MaxPool: {
    type: 'MaxPool',
    inputs: picture,
    attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] },
  },
  'MaxPool, ceil and dilation': {
    type: 'MaxPool',
    inputs: picture,
    attributes: { kernel_shape: [2, 2], strides: [2, 2], dilations: [2, 3], ceil_mode: 1 },
  },
  'MaxPool, SAME_LOWER': {
    type: 'MaxPool',
    inputs: picture,
    attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' },
  },
  AveragePool: { type: 'AveragePool', inputs: picture, attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
  'AveragePool, padding counted': {
    type: 'AveragePool',
    inputs: picture,
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1, strides: [2, 2] },
  },
  'AveragePool, ceil': {
    type: 'AveragePool',
    opset: 19,
    inputs: picture,
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1] },
  },
  GlobalAveragePool: { type: 'GlobalAveragePool', inputs: picture },
  GlobalMaxPool: { type: 'GlobalMaxPool', inputs: picture },
  'ReduceMean, axes as attribute': { type: 'ReduceMean', inputs: picture, attributes: { axes: [-1, 1], keepdims: 0 } },
  'ReduceMean, axes as input': { type: 'ReduceMean', opset: 18, inputs: picture, initializers: { a: ints(2, 3) } },
  'ReduceMean, all axes': { type: 'ReduceMean', inputs: picture },
  'ReduceSum, axes as input': { type: 'ReduceSum', inputs: picture, initializers: { a: ints(1) } },
  'ReduceSum, no axes means none': { type: 'ReduceSum', inputs: picture, attributes: { noop_with_empty_axes: 1 } },
  ReduceMax: { type: 'ReduceMax', inputs: picture, attributes: { axes: [0] } },
  ReduceMin: { type: 'ReduceMin', inputs: picture, attributes: { axes: [3] } },
  ReduceProd: { type: 'ReduceProd', inputs: { x: [3, 4] }, attributes: { axes: [1] } },
  Flatten: { type: 'Flatten', inputs: picture },
  'Flatten at -1': { type: 'Flatten', inputs: picture, attributes: { axis: -1 } },
  'Flatten at 0': { type: 'Flatten', inputs: picture, attributes: { axis: 0 } },
  'Reshape with 0 and -1': { type: 'Reshape', inputs: picture, initializers: { s: ints(0, -1, 3) } },
  'Reshape to a scalar': { type: 'Reshape', inputs: { x: [1, 1] }, initializers: { s: ints() } },
  'Transpose, reversed': { type: 'Transpose', inputs: picture },
  Transpose: { type: 'Transpose', inputs: picture, attributes: { perm: [0, 2, 3, 1] } },
  'Squeeze, all': { type: 'Squeeze', inputs: { x: [1, 3, 1] } },
  'Squeeze, axes as attribute': { type: 'Squeeze', opset: 11, inputs: { x: [1, 3, 1] }, attributes: { axes: [-1] } },
  'Squeeze, axes as input': { type: 'Squeeze', inputs: { x: [1, 3, 1] }, initializers: { a: ints(0) } },
  'Unsqueeze, axes as attribute': {
    type: 'Unsqueeze',
    opset: 11,
    inputs: { x: [3, 4] },
    attributes: { axes: [0, -1] },
  },
  'Unsqueeze, axes as input': { type: 'Unsqueeze', inputs: { x: [3, 4] }, initializers: { a: ints(1, 3) } },
  'Pad, constant': { type: 'Pad', inputs: { x: [3, 4] }, initializers: { p: ints(1, 0, 2, 3), v: scalar(1.5) } },
  'Pad, reflect': {
    type: 'Pad',
    inputs: { x: [3, 4] },
    initializers: { p: ints(1, 2, 2, 3) },
    attributes: { mode: 'reflect' },
  },
  'Pad, edge': {
    type: 'Pad',
    inputs: { x: [3, 4] },
    initializers: { p: ints(1, 2, 2, 3) },
    attributes: { mode: 'edge' },
  },
  'Pad, axes': {
    type: 'Pad',
    opset: 18,
    inputs: { x: [3, 4] },
    initializers: { p: ints(1, 2), v: scalar(0), a: ints(-1) },
  },
  'Pad, opset 2 form': {
    type: 'Pad',
    opset: 10,
    inputs: { x: [3, 4] },
    attributes: { pads: [0, 1, 0, 2], value: f(2) },
  },
  Softmax: { type: 'Softmax', inputs: { x: [2, 3, 4] } },
  'Softmax, inner axis': { type: 'Softmax', inputs: { x: [2, 3, 4] }, attributes: { axis: 1 } },
  'Softmax, opset 11, over the rest': { type: 'Softmax', opset: 11, inputs: { x: [2, 3, 4] }, attributes: { axis: 1 } },
  Dropout: { type: 'Dropout', inputs: picture, initializers: { r: scalar(0.5) } },
  Identity: { type: 'Identity', inputs: picture },
  Gather: { type: 'Gather', inputs: { x: [5, 4] }, initializers: { i: fromNumbers('i64', [2, 2], [0, -1, 3, 3]) } },
  'Gather, inner axis': {
    type: 'Gather',
    inputs: { x: [5, 4] },
    initializers: { i: fromNumbers('i64', [], [2]) },
    attributes: { axis: 1 },
  },
  Slice: {
    type: 'Slice',
    inputs: { x: [6, 7] },
    initializers: { s: ints(1, -3), e: ints(2 ** 40, -1), a: ints(0, 1), t: ints(2, 1) },
  },
  'Slice backwards': {
    type: 'Slice',
    inputs: { x: [6, 7] },
    initializers: { s: ints(-1), e: ints(-(2 ** 40)), a: ints(0), t: ints(-2) },
  },
  'Slice, opset 1 form': {
    type: 'Slice',
    opset: 9,
    inputs: { x: [6, 7] },
    attributes: { starts: [1], ends: [-1], axes: [1] },
  },
  Expand: { type: 'Expand', inputs: { x: [3, 1] }, initializers: { s: ints(2, 1, 4) } },
  'Cast to itself': { type: 'Cast', inputs: { x: [3] }, attributes: { to: 1 } },
  'Constant, tensor': {
    type: 'Constant',
    inputs: {},
    reads: [],
    attributes: { value: { tensor: filled([2, 2], 0.5) } },
  },
  'Constant, float': { type: 'Constant', inputs: {}, reads: [], attributes: { value_float: f(0.5) } },
  ConstantOfShape: {
    type: 'ConstantOfShape',
    inputs: {},
    initializers: { s: ints(2, 3) },
    attributes: { value: { tensor: filled([1], 7) } },
  },
};
for (const type of ['Relu', 'Sigmoid', 'HardSwish', 'Tanh', 'Exp', 'Neg', 'Abs', 'Erf', 'Ceil', 'Floor']) {
  (CASES as Record<string, OpCase>)[type] = { type, inputs: { x: [3, 5] } };
}
(CASES as Record<string, OpCase>)['Mul'] = { type: 'Mul', inputs: { x: [2, 3], y: [2, 3] } };

function model({ type, attributes = {}, reads, results = 1, tolerance: _, ...rest }: OpCase): TestModel {
  const outputs = Array.from({ length: results }, (_, index) => `y${index}`);
  const inputs = reads ?? [...Object.keys(rest.inputs), ...Object.keys(rest.initializers ?? {})];
  return { ...rest, nodes: [{ type, inputs, outputs, attributes }], outputs };
}

describe('ONNX operators agree with ONNX Runtime', () => {
  test.each(Object.entries(CASES))('%s', async (_, one) => {
    const untyped = model(one);
    const graph = importOnnx(encodeModel(untyped));
    const types = graph.outputs.map(({ name, value }) => [name, typeAt(graph, value).dtype] as const);
    // ONNX Runtime refuses a model whose declared results are of other types than it infers.
    const bytes = encodeModel({ ...untyped, types: { ...untyped.types, ...Object.fromEntries(types) } });
    const inputs = randomInputs(graph);
    const [ours, theirs] = [interpret(graph, inputs), await runOnnxRuntime(bytes, inputs)];
    // What we write ONNX Runtime must read the same way.
    const written = await runOnnxRuntime(exportOnnx(graph), inputs);
    for (const { name } of graph.outputs) {
      expect(relativeError(ours.get(name), theirs.get(name))).toBeLessThan(one.tolerance ?? 1e-6);
      expect(relativeError(written.get(name), theirs.get(name))).toBeLessThan(2 * (one.tolerance ?? 1e-6));
    }
  });

  test('every operator that is read has a case here', () => {
    const tested = new Set(Object.values(CASES).map((one) => one.type));
    // Its tests are in graph-forms.
    expect(Object.keys(CONVERTERS).filter((type) => !tested.has(type))).toEqual(['If']);
  });
});

test('a shape computed from a shape', async () => {
  const bytes = encodeModel({
    inputs: { x: ['batch', 3, 4] },
    initializers: { zero: fromNumbers('i64', [], [0]), rest: ints(-1), axis: ints(0) },
    nodes: [
      { type: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { type: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'] },
      { type: 'Unsqueeze', inputs: ['n', 'axis'], outputs: ['n1'] },
      { type: 'Concat', inputs: ['n1', 'rest'], outputs: ['target'], attributes: { axis: 0 } },
      { type: 'Reshape', inputs: ['x', 'target'], outputs: ['y'] },
    ],
    outputs: ['y'],
  });
  const graph = importOnnx(bytes, { shapes: new Map([['x', [2, 3, 4]]]) });
  expect(graph.nodes.map((node) => node.op.kind)).toEqual(['reshape']);
  expect(typeAt(graph, graph.outputs[0]?.value ?? -1).shape).toEqual([2, 12]);
  expect(valueAt(graph, graph.outputs[0]?.value ?? -1).name).toBe('y');
  const inputs = randomInputs(graph);
  const theirs = await runOnnxRuntime(bytes, inputs);
  expect(relativeError(interpret(graph, inputs).get('y'), theirs.get('y'))).toBe(0);
});

test('layers keep their names, however the nodes beside them are called', () => {
  const graph = importOnnx(
    encodeModel({
      inputs: { x: [1, 3, 8, 8] },
      initializers: { w: filled([4, 3, 3, 3], 0.5), b: filled([4], 0.25) },
      nodes: [
        { type: 'Conv', name: 'stem', inputs: ['x', 'w', 'b'], outputs: ['y.linear'] },
        { type: 'Relu', name: 'y', inputs: ['y.linear'], outputs: ['stem'] },
      ],
      outputs: ['stem'],
    }),
  );
  const again = importOnnx(exportOnnx(graph));
  const names = (kind: string) => again.nodes.filter(({ op }) => op.kind === kind).map(({ name }) => name);
  expect(names('conv2d')).toEqual(['stem']);
  expect(new Set(again.nodes.map(({ name }) => name)).size).toBe(again.nodes.length);
});
