import { fromNumbers } from '@ait-rvv/ir';
import { randomTensor } from '../../../../tools/testing/tensors.js';
import { f, scalar, whole, type OpCase, type OpCases } from './op-case.js';

const x = { x: [3, 5] };
const two = { x: [3, 5], y: [3, 5] };
const forty = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`x${index}`, index % 3 === 0 ? [5] : [3, 5]]),
);
const truths = { inputs: two, types: { x: 'bool', y: 'bool' } } as const;
const wholes = { inputs: two, types: { x: 'i64', y: 'i64' } } as const;
const positive = { initializers: { p: randomTensor([3, 5], 9, 0.25, 2) } };

const plain = (...types: readonly string[]): OpCases =>
  Object.fromEntries(types.map((type): [string, OpCase] => [type, { type, inputs: x }]));
const positives = (...types: readonly string[]): OpCases =>
  Object.fromEntries(types.map((type): [string, OpCase] => [type, { type, inputs: {}, ...positive }]));
const compared = (...types: readonly string[]): OpCases =>
  Object.fromEntries(
    types.flatMap((type): [string, OpCase][] => [
      [type, { type, inputs: two }],
      [`${type} of whole numbers`, { type, ...wholes }],
    ]),
  );

/** Functions of single elements. */
export const NUMBER_CASES: OpCases = {
  ...plain('Cos', 'Sin', 'Sign', 'Softplus', 'Softsign', 'Round', 'Elu', 'Celu', 'Selu', 'ThresholdedRelu'),
  ...positives('Log', 'Sqrt', 'Reciprocal'),
  ...compared('Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'),
  Mish: { type: 'Mish', opset: 18, inputs: x },
  'Celu, alpha': { type: 'Celu', inputs: x, attributes: { alpha: f(0.5) } },
  'Elu, alpha': { type: 'Elu', inputs: x, attributes: { alpha: f(0.5) } },
  'Selu, attributes': { type: 'Selu', inputs: x, attributes: { alpha: f(2), gamma: f(3) } },
  'ThresholdedRelu, alpha': { type: 'ThresholdedRelu', inputs: x, attributes: { alpha: f(0.25) } },
  'LeakyRelu, default': { type: 'LeakyRelu', inputs: x },
  'PRelu by channel': { type: 'PRelu', inputs: { x: [2, 3, 4] }, initializers: { slope: randomTensor([3, 1], 4) } },
  And: { type: 'And', ...truths },
  Or: { type: 'Or', ...truths },
  Xor: { type: 'Xor', ...truths },
  Not: { type: 'Not', inputs: x, types: { x: 'bool' } },
  'Mod of whole numbers': {
    type: 'Mod',
    inputs: x,
    types: { x: 'i64' },
    initializers: { y: whole([5], 3, -3, 2, 5, -4) },
  },
  'Mod, fmod': { type: 'Mod', inputs: x, initializers: { y: scalar(0.3) }, attributes: { fmod: 1 } },
  Pow: { type: 'Pow', inputs: {}, initializers: { a: randomTensor([3, 5], 1, 0.5, 2), b: randomTensor([5], 2) } },
  'Pow to a whole number': { type: 'Pow', inputs: x, initializers: { y: whole([], 3) } },
  Sub: { type: 'Sub', inputs: two },
  Div: { type: 'Div', inputs: x, ...positive },
  'Sum of three': { type: 'Sum', inputs: { x: [3, 5], y: [5], z: [3, 1] } },
  'Mean of three': { type: 'Mean', inputs: { x: [3, 5], y: [5], z: [3, 1] } },
  'Max of three': { type: 'Max', inputs: { x: [3, 5], y: [5], z: [3, 1] } },
  'Sum of forty': { type: 'Sum', inputs: forty },
  'Mean of forty': { type: 'Mean', inputs: forty },
  'Max of forty': { type: 'Max', inputs: forty },
  'Min of one': { type: 'Min', inputs: x },
  Where: { type: 'Where', inputs: { c: [3, 1], x: [3, 5], y: [5] }, types: { c: 'bool' } },
  IsNaN: { type: 'IsNaN', inputs: {}, initializers: { x: fromNumbers('f32', [3], [1, NaN, Infinity]) } },
  IsInf: { type: 'IsInf', inputs: {}, initializers: { x: fromNumbers('f32', [3], [-Infinity, NaN, Infinity]) } },
  'IsInf, negative only': {
    type: 'IsInf',
    inputs: {},
    initializers: { x: fromNumbers('f32', [3], [-Infinity, NaN, Infinity]) },
    attributes: { detect_positive: 0 },
  },
  'Cast to whole numbers': { type: 'Cast', inputs: x, attributes: { to: 7 } },
  'Cast to truth values': { type: 'Cast', inputs: x, types: { x: 'i32' }, attributes: { to: 9 } },
  CastLike: { type: 'CastLike', inputs: x, initializers: { like: whole([], 1) } },
  'Gelu, none': { type: 'Gelu', opset: 20, inputs: x },
  'Gelu, tanh': { type: 'Gelu', opset: 20, inputs: x, attributes: { approximate: 'tanh' }, tolerance: 4e-6 },
  'Clip, computed bounds': { type: 'Clip', inputs: { x: [3, 5], low: [], high: [] } },
  'HardSigmoid, default': { type: 'HardSigmoid', inputs: x },
  'BatchNormalization of numbers': {
    type: 'BatchNormalization',
    inputs: { x: [7], scale: [1], bias: [1], mean: [1] },
    initializers: { v: randomTensor([1], 4, 0.5, 2) },
  },
  'BatchNormalization by element': {
    type: 'BatchNormalization',
    opset: 7,
    inputs: { x: [2, 3, 4, 5], scale: [3, 4, 5], bias: [3, 4, 5], mean: [3, 4, 5] },
    initializers: { v: randomTensor([3, 4, 5], 4, 0.5, 2) },
    attributes: { spatial: 0 },
  },
  'BatchNormalization, computed parameters': {
    type: 'BatchNormalization',
    inputs: { x: [2, 3, 4, 5], scale: [3], bias: [3], mean: [3] },
    initializers: { v: randomTensor([3], 4, 0.5, 2) },
  },
};
