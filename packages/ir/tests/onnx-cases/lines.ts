import { randomTensor } from '../../../../tools/testing/tensors.js';
import { ints } from '../onnx-model.js';
import { f, picture, whole, type OpCase, type OpCases } from './op-case.js';

const cube = { x: [2, 3, 4] };
const positive = { p: randomTensor([2, 3, 4], 9, 0.25, 2) };

const reductions: OpCases = Object.fromEntries(
  ['ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp'].flatMap((type): [string, OpCase][] => [
    [type, { type, inputs: cube, attributes: { axes: [1], keepdims: 0 } }],
    [`${type}, axes as input`, { type, opset: 18, inputs: cube, initializers: { a: ints(0, -1) } }],
  ]),
);

const picks: OpCases = Object.fromEntries(
  ['ArgMax', 'ArgMin'].flatMap((type): [string, OpCase][] => [
    [type, { type, inputs: cube }],
    [`${type}, the last axis`, { type, inputs: cube, attributes: { axis: -1, keepdims: 0 } }],
    [
      `${type}, the last of equals`,
      { type, inputs: cube, types: { x: 'i32' }, attributes: { axis: 1, select_last_index: 1 } },
    ],
  ]),
);

/** Reductions, choices and normalisations along axes. */
export const LINE_CASES: OpCases = {
  ...reductions,
  ...picks,
  ReduceLogSum: { type: 'ReduceLogSum', inputs: {}, initializers: positive, attributes: { axes: [0, 2] } },
  TopK: { type: 'TopK', inputs: cube, initializers: { k: ints(3) }, results: 2 },
  'TopK, the smallest': {
    type: 'TopK',
    inputs: cube,
    types: { x: 'i64' },
    initializers: { k: ints(2) },
    attributes: { axis: 1, largest: 0 },
    results: 2,
  },
  'TopK, opset 9': { type: 'TopK', opset: 9, inputs: cube, attributes: { k: 2 }, results: 2 },
  Hardmax: { type: 'Hardmax', inputs: cube },
  'Hardmax, opset 11, over the rest': { type: 'Hardmax', opset: 11, inputs: cube, attributes: { axis: 1 } },
  CumSum: { type: 'CumSum', inputs: cube, initializers: { a: whole([], 1) } },
  'CumSum, exclusive and reverse': {
    type: 'CumSum',
    inputs: cube,
    types: { x: 'i32' },
    initializers: { a: whole([], -1) },
    attributes: { exclusive: 1, reverse: 1 },
  },
  LogSoftmax: { type: 'LogSoftmax', inputs: cube },
  'LogSoftmax, opset 11, over the rest': { type: 'LogSoftmax', opset: 11, inputs: cube, attributes: { axis: 1 } },
  LpNormalization: { type: 'LpNormalization', inputs: cube },
  'LpNormalization, sums': { type: 'LpNormalization', inputs: cube, attributes: { axis: 1, p: 1 } },
  LayerNormalization: {
    type: 'LayerNormalization',
    inputs: { x: [2, 3, 8] },
    initializers: { s: randomTensor([8], 1), b: randomTensor([8], 2) },
    tolerance: 4e-6,
  },
  'LayerNormalization, all results': {
    type: 'LayerNormalization',
    inputs: { x: [2, 3, 8] },
    initializers: { s: randomTensor([3, 8], 1) },
    attributes: { axis: 1, epsilon: f(1e-3) },
    results: 3,
    tolerance: 4e-6,
  },
  InstanceNormalization: {
    type: 'InstanceNormalization',
    inputs: picture,
    initializers: { s: randomTensor([4], 1), b: randomTensor([4], 2) },
    tolerance: 4e-6,
  },
  'InstanceNormalization, a line': {
    type: 'InstanceNormalization',
    inputs: { x: [2, 3, 11] },
    initializers: { s: randomTensor([3], 1), b: randomTensor([3], 2) },
    tolerance: 4e-6,
  },
  GroupNormalization: {
    type: 'GroupNormalization',
    opset: 21,
    inputs: picture,
    initializers: { s: randomTensor([4], 1), b: randomTensor([4], 2) },
    attributes: { num_groups: 2 },
    tolerance: 4e-6,
  },
  'GroupNormalization, opset 18': {
    type: 'GroupNormalization',
    opset: 18,
    inputs: picture,
    initializers: { s: randomTensor([2], 1), b: randomTensor([2], 2) },
    attributes: { num_groups: 2 },
    tolerance: 4e-6,
  },
  MeanVarianceNormalization: { type: 'MeanVarianceNormalization', inputs: picture, tolerance: 4e-6 },
};
