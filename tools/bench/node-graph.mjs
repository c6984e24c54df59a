import { floats, ints, node, onnxFile } from '../fuzz/seeds/onnx-file.mjs';

const SHAPE = [1, 8, 10, 10];

/**
 * An ONNX file of exactly `count` nodes as networks have them: residual blocks with batch-norms, branches that are
 * concatenated, gates, and a long life for some values. Every block has weights of its own.
 */
export function nodeGraph(count) {
  const tensors = [ints('halves', 4, 4), ints('rows', 1, 8, 100), ints('image', ...SHAPE)];
  const nodes = [];
  const fresh = (name, dims) => {
    const tensor = floats(`${name}${tensors.length}`, dims);
    tensors.push(tensor);
    return tensor.name;
  };
  const add = (type, inputs, outputs = 1, attributes = {}) => {
    const made = Array.from({ length: outputs }, (_, index) => `v${nodes.length}_${index}`);
    nodes.push(node(type, inputs, made, attributes));
    return made;
  };
  const kinds = Object.values(BLOCKS);
  let x = 'x';
  let skip = 'x';
  for (let block = 0; nodes.length + LARGEST <= count; block++) {
    // Every tenth block reaches far back.
    if (block % 10 === 9) [x, skip] = [add('Add', [x, skip])[0], x];
    x = kinds[block % kinds.length](x, add, fresh);
  }
  while (nodes.length < count) [x] = add(nodes.length % 2 === 0 ? 'Relu' : 'Sigmoid', [x]);
  return onnxFile({ inputs: { x: SHAPE }, tensors, nodes, outputs: [x] });
}

/**
 * An ONNX file of exactly `count` nodes of which half stand side by side: they read the one input, and what they make
 * lives until all of it is there, when the others take it up from the last to the first.
 */
export function wideGraph(count) {
  const made = Array.from({ length: Math.ceil(count / 2) }, (_, index) => `v${index}`);
  const nodes = made.map((name, index) => node(POOLS[index % 2], ['x'], [name], { kernel_shape: [3, 3], pads: ONE }));
  let sum = made.pop();
  for (const name of made.reverse()) {
    const next = `s${nodes.length}`;
    nodes.push(node('Add', [sum, name], [next]));
    sum = next;
  }
  if (nodes.length < count) {
    nodes.push(node('Relu', [sum], ['y']));
    sum = 'y';
  }
  return onnxFile({ inputs: { x: SHAPE }, tensors: [], nodes, outputs: [sum] });
}

const POOLS = ['MaxPool', 'AveragePool'];
const ONE = [1, 1, 1, 1];

/** Nodes of the largest block and the one that may stand before it. */
const LARGEST = 8;

const [, CHANNELS] = SHAPE;

const BLOCKS = {
  residual(x, add, fresh) {
    const [a] = add('Conv', [x, fresh('w', [CHANNELS, CHANNELS, 1, 1]), fresh('b', [CHANNELS])]);
    const [b] = add('BatchNormalization', [a, ...['g', 'h', 'm', 'd'].map((name) => fresh(name, [CHANNELS]))]);
    const [c] = add('Relu', [b]);
    const [d] = add('Conv', [c, fresh('w', [CHANNELS, 1, 3, 3])], 1, { group: CHANNELS, pads: [1, 1, 1, 1] });
    return add('Relu', add('Add', [d, x]))[0];
  },
  branches(x, add, fresh) {
    const [a, b] = add('Split', [x, 'halves'], 2, { axis: 1 });
    const [c] = add('Conv', [a, fresh('w', [4, 4, 3, 3])], 1, { pads: [1, 1, 1, 1] });
    const [d] = add('MaxPool', [b], 1, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    return add('Concat', [c, d], 1, { axis: 1 })[0];
  },
  gate(x, add, fresh) {
    const [a] = add('GlobalAveragePool', [x]);
    const [b] = add('Conv', [a, fresh('w', [CHANNELS, CHANNELS, 1, 1])]);
    const [c] = add('HardSigmoid', [b]);
    return add('Mul', [x, c])[0];
  },
  mixing(x, add, fresh) {
    const [a] = add('Reshape', [x, 'rows']);
    const [b] = add('MatMul', [a, fresh('w', [100, 100])]);
    const [c] = add('Softmax', [b], 1, { axis: -1 });
    return add('Reshape', [c, 'image'])[0];
  },
};
