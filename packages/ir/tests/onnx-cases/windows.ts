import { randomTensor } from '../../../../tools/testing/tensors.js';
import { f, picture, type OpCase, type OpCases } from './op-case.js';

const line = { x: [2, 4, 17] };
const cube = { x: [2, 3, 6, 5, 7] };

/** Convolutions and pools. */
export const WINDOW_CASES: OpCases = {
  'Conv, a line': {
    type: 'Conv',
    inputs: line,
    initializers: { w: randomTensor([6, 2, 3], 1), b: randomTensor([6], 2) },
    attributes: { group: 2, strides: [2], dilations: [2], pads: [1, 3] },
  },
  'Conv, a cube': {
    type: 'Conv',
    inputs: cube,
    initializers: { w: randomTensor([4, 3, 3, 2, 2], 1), b: randomTensor([4], 2) },
    attributes: { strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 1] },
  },
  'Conv, computed weight': {
    type: 'Conv',
    inputs: { x: [2, 4, 7, 9], w: [6, 2, 3, 2], b: [6] },
    attributes: { group: 2, strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 1] },
  },
  'Conv, computed weight of a line': { type: 'Conv', inputs: { x: [2, 4, 9], w: [6, 2, 3] }, attributes: { group: 2 } },
  ...Object.fromEntries(
    [
      { strides: [2, 2] },
      { strides: [2, 3], pads: [1, 0, 2, 1] },
      { strides: [4, 1], pads: [0, 1, 0, 2], output_padding: [3, 0] },
      { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1], group: 2 },
      { strides: [3, 2], output_shape: [14, 13], group: 2 },
      { strides: [2, 2], auto_pad: 'SAME_LOWER' },
    ].map((attributes): [string, OpCase] => [
      `ConvTranspose, ${JSON.stringify(attributes)}`,
      {
        type: 'ConvTranspose',
        inputs: { x: [2, 4, 5, 6] },
        initializers: { w: randomTensor([4, 3, 3, 4], 1), b: randomTensor([3 * (attributes.group ?? 1)], 2) },
        attributes: attributes,
      },
    ]),
  ),
  'ConvTranspose of a line, strided': {
    type: 'ConvTranspose',
    inputs: { x: [2, 4, 9] },
    initializers: { w: randomTensor([4, 3, 5], 1), b: randomTensor([3], 2) },
    attributes: { strides: [3], pads: [1, 2] },
  },
  'ConvTranspose, computed weight': {
    type: 'ConvTranspose',
    inputs: { x: [2, 4, 5, 6], w: [4, 3, 3, 2], b: [6] },
    attributes: { group: 2, strides: [2, 3], pads: [1, 0, 0, 1] },
  },
  ConvTranspose: { type: 'ConvTranspose', inputs: picture, initializers: { w: randomTensor([4, 3, 3, 2], 1) } },
  'ConvTranspose, all attributes': {
    type: 'ConvTranspose',
    inputs: picture,
    initializers: { w: randomTensor([4, 3, 3, 2], 1), b: randomTensor([6], 2) },
    attributes: { group: 2, strides: [3, 2], dilations: [1, 2], pads: [1, 0, 2, 1], output_padding: [2, 1] },
  },
  'ConvTranspose, output shape': {
    type: 'ConvTranspose',
    inputs: picture,
    initializers: { w: randomTensor([4, 3, 4, 3], 1) },
    attributes: { strides: [2, 2], output_shape: [13, 18] },
  },
  'ConvTranspose, SAME_UPPER': {
    type: 'ConvTranspose',
    inputs: picture,
    initializers: { w: randomTensor([4, 3, 3, 4], 1) },
    attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
  },
  'ConvTranspose, SAME_LOWER': {
    type: 'ConvTranspose',
    inputs: picture,
    initializers: { w: randomTensor([4, 3, 3, 4], 1) },
    attributes: { strides: [2, 2], auto_pad: 'SAME_LOWER' },
  },
  'ConvTranspose, a line, by channel': {
    type: 'ConvTranspose',
    inputs: line,
    initializers: { w: randomTensor([4, 1, 3], 1) },
    attributes: { group: 4, strides: [2], pads: [1, 1] },
  },
  'MaxPool, a line': { type: 'MaxPool', inputs: line, attributes: { kernel_shape: [3], strides: [2], pads: [1, 1] } },
  'MaxPool, a cube': {
    type: 'MaxPool',
    inputs: cube,
    attributes: { kernel_shape: [2, 3, 2], strides: [2, 1, 2], dilations: [1, 2, 1], ceil_mode: 1 },
  },
  'MaxPool, indices': {
    type: 'MaxPool',
    inputs: picture,
    attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] },
    results: 2,
  },
  'MaxPool, indices by columns': {
    type: 'MaxPool',
    inputs: picture,
    attributes: { kernel_shape: [2, 2], strides: [2, 2], storage_order: 1 },
    results: 2,
  },
  'AveragePool, a line': { type: 'AveragePool', inputs: line, attributes: { kernel_shape: [4], strides: [3] } },
  'AveragePool, a cube': {
    type: 'AveragePool',
    opset: 19,
    inputs: cube,
    attributes: { kernel_shape: [2, 3, 2], strides: [2, 1, 2], pads: [1, 1, 0, 0, 1, 1], ceil_mode: 1 },
  },
  'AveragePool, dilation and ceil': {
    type: 'AveragePool',
    opset: 19,
    inputs: picture,
    attributes: { kernel_shape: [2, 2], strides: [2, 2], dilations: [2, 3], ceil_mode: 1 },
  },
  LpPool: {
    type: 'LpPool',
    opset: 18,
    inputs: picture,
    attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] },
  },
  'LpPool, sums': { type: 'LpPool', opset: 18, inputs: line, attributes: { kernel_shape: [3], p: 1 } },
  'LpPool, cubes': { type: 'LpPool', opset: 18, inputs: picture, attributes: { kernel_shape: [2, 2], p: 3 } },
  GlobalLpPool: { type: 'GlobalLpPool', inputs: picture },
  'GlobalLpPool, sums': { type: 'GlobalLpPool', inputs: picture, attributes: { p: 1 } },
  LRN: { type: 'LRN', inputs: picture, attributes: { size: 3 } },
  'LRN, all attributes': {
    type: 'LRN',
    inputs: picture,
    attributes: { size: 5, alpha: f(0.5), beta: f(0.5), bias: f(2) },
  },
};
