import { fromNumbers, type Tensor } from '@ait-rvv/ir';
import { ints, type TestModel, type TestNode } from '../../packages/ir/tests/onnx-model.js';
import { randomTensor } from './tensors.js';

/** Nodes in a row: `from` is written as the inputs, separated by spaces. */
function node(type: string, from: string, to: string, attributes: TestNode['attributes'] = {}): TestNode {
  return { type, inputs: from.split(' '), outputs: to.split(' '), attributes };
}
const whole = (shape: readonly number[], ...values: number[]): Tensor => fromNumbers('i64', shape, values);

/** A block of a transformer: attention of two heads, then two layers with GELU. */
const transformer: TestModel = {
  opset: 20,
  inputs: { x: [2, 6, 16] },
  initializers: {
    s1: randomTensor([16], 1, 0.5, 2),
    b1: randomTensor([16], 2),
    qkv: randomTensor([16, 48], 3),
    heads: ints(2, 6, 2, 8),
    scale: fromNumbers('f32', [], [Math.sqrt(8)]),
    joined: ints(2, 6, 16),
    w0: randomTensor([16, 16], 4),
    s2: randomTensor([16], 5, 0.5, 2),
    b2: randomTensor([16], 6),
    w1: randomTensor([16, 40], 7),
    c1: randomTensor([40], 8),
    w2: randomTensor([40, 16], 9),
  },
  nodes: [
    node('LayerNormalization', 'x s1 b1', 'n'),
    node('MatMul', 'n qkv', 'all'),
    node('Split', 'all', 'q k v', { axis: 2, num_outputs: 3 }),
    ...['q', 'k', 'v'].flatMap((one) => [
      node('Reshape', `${one} heads`, `${one}h`),
      node('Transpose', `${one}h`, `${one}t`, { perm: one === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
    ]),
    node('MatMul', 'qt kt', 'scores'),
    node('Div', 'scores scale', 'scaled'),
    node('Softmax', 'scaled', 'weights'),
    node('MatMul', 'weights vt', 'mixed'),
    node('Transpose', 'mixed', 'turned', { perm: [0, 2, 1, 3] }),
    node('Reshape', 'turned joined', 'flat'),
    node('MatMul', 'flat w0', 'projected'),
    node('Add', 'x projected', 'h'),
    node('LayerNormalization', 'h s2 b2', 'm'),
    node('MatMul', 'm w1', 'wide'),
    node('Add', 'wide c1', 'biased'),
    node('Gelu', 'biased', 'active'),
    node('MatMul', 'active w2', 'narrow'),
    node('Add', 'h narrow', 'y'),
  ],
  outputs: ['y'],
};

/** Down and up again, with a bridge: every resampling, and normalised pictures. */
const pictures: TestModel = {
  opset: 21,
  inputs: { x: [2, 3, 12, 20] },
  initializers: {
    w1: randomTensor([8, 3, 3, 3], 1),
    s1: randomTensor([8], 2, 0.5, 2),
    b1: randomTensor([8], 3),
    w2: randomTensor([12, 8, 3, 3], 4),
    s2: randomTensor([12], 5, 0.5, 2),
    b2: randomTensor([12], 6),
    up: randomTensor([12, 8, 4, 4], 7),
    w3: randomTensor([5, 16, 1, 1], 8),
    none: fromNumbers('f32', [0], []),
    sizes: ints(2, 5, 24, 33),
  },
  nodes: [
    node('Conv', 'x w1', 'c1', { pads: [1, 1, 1, 1] }),
    node('InstanceNormalization', 'c1 s1 b1', 'n1'),
    node('Relu', 'n1', 'r1'),
    node('MaxPool', 'r1', 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
    node('Conv', 'p w2', 'c2', { pads: [1, 1, 1, 1] }),
    node('GroupNormalization', 'c2 s2 b2', 'n2', { num_groups: 3 }),
    node('Elu', 'n2', 'e'),
    node('ConvTranspose', 'e up', 'u', { strides: [2, 2], pads: [1, 1, 1, 1] }),
    node('Concat', 'u r1', 'both', { axis: 1 }),
    node('Conv', 'both w3', 'c3'),
    node('Resize', 'c3 none none sizes', 'big', { mode: 'linear' }),
    node('LogSoftmax', 'big', 'y', { axis: 1 }),
    node('ArgMax', 'y', 'classes', { axis: 1, keepdims: 0 }),
  ],
  outputs: ['y', 'classes'],
};

/** Indices that are computed: the best rows picked, written back, summed up. */
const indices: TestModel = {
  opset: 18,
  inputs: { x: [9, 7], ids: [9] },
  types: { ids: 'i64' },
  initializers: {
    one: ints(1),
    k: ints(4),
    last: whole([], 1),
    depth: whole([], 7),
    values: fromNumbers('f32', [2], [0, 3]),
    modulus: whole([], 7),
  },
  nodes: [
    node('ReduceL2', 'x one', 'norms', { keepdims: 0 }),
    node('TopK', 'norms k', 'best at'),
    node('Gather', 'x at', 'rows'),
    node('CumSum', 'rows last', 'sums'),
    node('Unsqueeze', 'at one', 'tuples'),
    node('ScatterND', 'x tuples sums', 'written', { reduction: 'add' }),
    node('Abs', 'ids', 'magnitudes'),
    node('Mod', 'magnitudes modulus', 'columns'),
    node('Unsqueeze', 'columns one', 'picks'),
    node('GatherElements', 'written picks', 'picked', { axis: 1 }),
    node('OneHot', 'columns depth values', 'hot'),
    node('Greater', 'written hot', 'above'),
    node('Where', 'above written hot', 'larger'),
    node('Einsum', 'larger picked', 'y', { equation: 'ij,ik->jk' }),
  ],
  outputs: ['y', 'picked', 'above'],
};

/** What is a constant elsewhere is computed: weights, biases, padding, matrices that some pictures share. */
const computed: TestModel = {
  opset: 17,
  inputs: { x: [2, 4, 6, 5], w: [8, 2, 3, 3], b: [8], v: [], u: [8, 3, 2, 2], m: [3, 14, 7] },
  initializers: {
    p: ints(0, 0, 1, 0, 0, 0, 1, 2),
    threes: ints(2, 2, 3, 16, 14),
    from: ints(2),
    to: ints(2),
    none: ints(0, 4),
    n: randomTensor([4, 3], 1),
  },
  nodes: [
    node('Conv', 'x w b', 'c', { group: 2, pads: [1, 1, 1, 1] }),
    node('Pad', 'c p v', 'padded'),
    node('ConvTranspose', 'padded u', 't', { group: 2, strides: [2, 2] }),
    node('Reshape', 't threes', 'r'),
    node('MatMul', 'r m', 'product'),
    node('Tanh', 'product', 'y'),
    node('Slice', 'x from to', 'nothing'),
    node('Reshape', 'nothing none', 'rows', { allowzero: 1 }),
    node('MatMul', 'rows n', 'empty'),
  ],
  outputs: ['y', 'empty'],
};

/** Networks that meet many operators the zoo does not have. */
export const OPERATOR_NETWORKS = { transformer, pictures, indices, computed } as const satisfies Record<
  string,
  TestModel
>;
