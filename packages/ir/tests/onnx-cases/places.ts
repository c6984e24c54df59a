import { fromNumbers, tensorF32 } from '@ait-rvv/ir';
import { ints } from '../onnx-model.js';
import { f, picture, scalar, whole, type OpCase, type OpCases } from './op-case.js';

const square = { x: [3, 4] };
const none = fromNumbers('f32', [0], []);

/** Resizing by scales or to sizes; the region of interest is left out. */
function resize(attributes: OpCase['attributes'], last: OpCase['initializers'], reads: readonly string[]): OpCase {
  return {
    type: 'Resize',
    inputs: { x: [1, 2, 5, 6] },
    initializers: { none, ...last },
    reads,
    attributes: attributes ?? {},
  };
}
const scaled = (h: number, w: number, attributes: OpCase['attributes']): OpCase =>
  resize(attributes, { scales: tensorF32([4], [1, 1, h, w]) }, ['x', 'none', 'scales']);
const sized = (h: number, w: number, attributes: OpCase['attributes']): OpCase =>
  resize(attributes, { sizes: ints(1, 2, h, w) }, ['x', 'none', 'none', 'sizes']);

const coordinates: OpCases = Object.fromEntries(
  ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'].flatMap((name): [string, OpCase][] =>
    ['linear', 'cubic'].map((mode) => [
      `Resize, ${mode}, ${name}`,
      sized(8, 4, { mode, coordinate_transformation_mode: name }),
    ]),
  ),
);
const nearest: OpCases = Object.fromEntries(
  ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((name): [string, OpCase] => [
    `Resize, nearest, ${name}`,
    scaled(1.7, 0.6, { nearest_mode: name, coordinate_transformation_mode: 'asymmetric' }),
  ]),
);

/** Picks, writes, resizing, and what is made from shapes. */
export const PLACE_CASES: OpCases = {
  ...coordinates,
  ...nearest,
  'Resize, nearest, twice': scaled(2, 2, {}),
  'Resize, cubic, outside excluded': sized(8, 4, { mode: 'cubic', exclude_outside: 1, cubic_coeff_a: f(-0.5) }),
  'Resize, a region': {
    ...sized(3, 3, { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: f(7) }),
    initializers: { roi: tensorF32([8], [0, 0, 0.4, 0.6, 1, 1, 0.6, 1.2]), none, sizes: ints(1, 2, 3, 3) },
    reads: ['x', 'roi', 'none', 'sizes'],
  },
  'Resize, opset 10': {
    type: 'Resize',
    opset: 10,
    inputs: { x: [1, 2, 5, 6] },
    initializers: { scales: tensorF32([4], [1, 1, 2, 0.5]) },
  },
  Upsample: {
    type: 'Upsample',
    opset: 9,
    inputs: { x: [1, 2, 3, 4] },
    initializers: { s: tensorF32([4], [1, 1, 2, 3]) },
  },
  'Upsample, linear, opset 7': {
    type: 'Upsample',
    opset: 7,
    inputs: { x: [1, 2, 3, 4] },
    attributes: { mode: 'linear', scales: { floats: [1, 1, 2, 2] } },
  },
  DepthToSpace: { type: 'DepthToSpace', inputs: { x: [2, 8, 3, 4] }, attributes: { blocksize: 2 } },
  'DepthToSpace, CRD': { type: 'DepthToSpace', inputs: { x: [2, 8, 3, 4] }, attributes: { blocksize: 2, mode: 'CRD' } },
  SpaceToDepth: { type: 'SpaceToDepth', inputs: { x: [2, 3, 4, 6] }, attributes: { blocksize: 2 } },
  Tile: { type: 'Tile', inputs: square, initializers: { r: ints(2, 3) } },
  'Pad, wrap': {
    type: 'Pad',
    opset: 19,
    inputs: square,
    initializers: { p: ints(1, 2, 2, 6) },
    attributes: { mode: 'wrap' },
  },
  'Pad, computed value': {
    type: 'Pad',
    inputs: { x: [3, 4], v: [] },
    initializers: { p: ints(1, -1, 2, 3) },
    reads: ['x', 'p', 'v'],
  },
  'Gather, computed indices': {
    type: 'Gather',
    inputs: { x: [40, 3], i: [2, 4] },
    types: { i: 'i64' },
  },
  GatherElements: {
    type: 'GatherElements',
    inputs: square,
    initializers: { i: whole([2, 4], 0, -1, 2, 1, 1, 0, -3, 2) },
  },
  'GatherElements, the last axis': {
    type: 'GatherElements',
    inputs: square,
    initializers: { i: whole([3, 2], 3, -4, 0, 1, 2, -1) },
    attributes: { axis: 1 },
  },
  GatherND: { type: 'GatherND', inputs: { x: [2, 3, 4] }, initializers: { i: whole([2, 2], 1, -1, 0, 2) } },
  'GatherND, batches': {
    type: 'GatherND',
    inputs: { x: [2, 3, 4] },
    initializers: { i: whole([2, 2, 1], 1, -1, 0, 2) },
    attributes: { batch_dims: 1 },
  },
  ScatterElements: {
    type: 'ScatterElements',
    inputs: { x: [3, 4], u: [2, 3] },
    initializers: { i: whole([2, 3], 0, -1, 2, 1, 0, -3) },
    reads: ['x', 'i', 'u'],
  },
  'ScatterElements, sums along the last axis': {
    type: 'ScatterElements',
    opset: 18,
    inputs: { x: [3, 4], u: [2, 3] },
    initializers: { i: whole([2, 3], 0, 0, 2, 1, 1, -3) },
    reads: ['x', 'i', 'u'],
    attributes: { axis: 1, reduction: 'add' },
  },
  Scatter: {
    type: 'Scatter',
    opset: 10,
    inputs: { x: [3, 4], u: [2, 3] },
    initializers: { i: whole([2, 3], 0, 1, 2, 1, 0, 0) },
    reads: ['x', 'i', 'u'],
  },
  ScatterND: {
    type: 'ScatterND',
    inputs: { x: [4, 5], u: [3, 5] },
    initializers: { i: whole([3, 1], 3, 0, -2) },
    reads: ['x', 'i', 'u'],
  },
  'ScatterND, largest of single elements': {
    type: 'ScatterND',
    opset: 18,
    inputs: { x: [4, 5], u: [3] },
    initializers: { i: whole([3, 2], 3, 0, 3, 0, -2, -1) },
    reads: ['x', 'i', 'u'],
    attributes: { reduction: 'max' },
  },
  OneHot: {
    type: 'OneHot',
    inputs: {},
    initializers: { i: whole([2, 3], 0, -1, 7, 3, 2, 1), d: whole([], 4), v: tensorF32([2], [2, 5]) },
  },
  'OneHot, the first axis': {
    type: 'OneHot',
    inputs: { i: [2, 3] },
    types: { i: 'i64' },
    initializers: { d: whole([1], 4), v: tensorF32([2], [0, 1]) },
    attributes: { axis: 0 },
  },
  EyeLike: { type: 'EyeLike', inputs: square },
  'EyeLike, above': { type: 'EyeLike', inputs: square, attributes: { k: 1, dtype: 7 } },
  Trilu: { type: 'Trilu', inputs: { x: [2, 3, 4] } },
  'Trilu, below': {
    type: 'Trilu',
    inputs: { x: [2, 3, 4] },
    initializers: { k: whole([], -1) },
    attributes: { upper: 0 },
  },
  Range: { type: 'Range', inputs: {}, initializers: { a: scalar(1), b: scalar(-2), d: scalar(-0.75) } },
  'Range of whole numbers': {
    type: 'Range',
    inputs: {},
    initializers: { a: whole([], 2), b: whole([], 9), d: whole([], 3) },
  },
  Size: { type: 'Size', inputs: picture },
  'Shape, part': { type: 'Shape', opset: 15, inputs: picture, attributes: { start: 1, end: -1 } },
  'Einsum, a product': {
    type: 'Einsum',
    inputs: { x: [2, 3, 4], y: [2, 4, 5] },
    attributes: { equation: 'bij,bjk->bik' },
  },
  'Einsum, three operands': {
    type: 'Einsum',
    inputs: { x: [2, 3], y: [3, 4], z: [4, 2] },
    attributes: { equation: 'ij,jk,kl->li' },
  },
  'Einsum, implicit result': { type: 'Einsum', inputs: { x: [3, 4], y: [4, 2] }, attributes: { equation: 'cb,ba' } },
  'Einsum, an ellipsis': {
    type: 'Einsum',
    inputs: { x: [2, 3, 4], y: [4, 5] },
    attributes: { equation: '...ij, jk -> ...ik' },
  },
  'Einsum, a diagonal': { type: 'Einsum', inputs: { x: [2, 3, 3] }, attributes: { equation: 'bii->bi' } },
  'Einsum, a trace': { type: 'Einsum', inputs: { x: [3, 3] }, attributes: { equation: 'ii' } },
  'Einsum, sums': { type: 'Einsum', inputs: { x: [2, 3], y: [4] }, attributes: { equation: 'ij,k->j' } },
  'Constant, floats': { type: 'Constant', inputs: {}, reads: [], attributes: { value_floats: { floats: [0.5, 2] } } },
};
