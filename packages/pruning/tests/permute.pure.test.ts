import {
  batchNorm,
  expand,
  gather,
  interpret,
  matmul,
  optimize,
  pad,
  pool2d,
  reshape,
  slice,
  softmax,
  split,
  tensorF32,
  tensorI64,
  transpose,
  verifyGraph,
  type Graph,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { buildZooModel, parseZooReference, ZOO } from '@ait-rvv/ir/zoo';
import { analyseChannels, permuteGraph, type ChannelAnalysis, type SpaceOrders } from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { FULL } from '../../../tools/testing/full.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';
import { Draw } from './generators.js';
import { Sketch } from './sketch.js';

/** A random order for every set of channels that is free. */
function randomOrders(analysis: ChannelAnalysis, seed: number): SpaceOrders {
  const draw = new Draw(seed);
  const free = analysis.spaces.filter(({ fixed }) => fixed === undefined);
  return new Map(free.map(({ id, extent }) => [id, draw.order(extent)]));
}

/** The largest relative difference between the outputs of a randomly permuted graph and those of `reference`. */
function permutedError(graph: Graph, seed = 1, reference = outputsOf(graph)): number {
  const analysis = analyseChannels(graph);
  const permuted = permuteGraph(graph, analysis, randomOrders(analysis, seed));
  verifyGraph(permuted);
  const outputs = outputsOf(permuted);
  return Math.max(...graph.outputs.map(({ name }) => relativeError(outputs.get(name), reference.get(name))));
}

function outputsOf(graph: Graph): ReadonlyMap<string, Tensor> {
  return interpret(graph, randomInputs(graph));
}

/** Names of the layers whose channels are free, those that share an order joined by `+`. */
function free(graph: Graph): string[] {
  return analyseChannels(graph)
    .spaces.filter(({ fixed, producers }) => fixed === undefined && producers.length > 0)
    .map(({ producers }) =>
      producers
        .map(({ name }) => name)
        .sort()
        .join('+'),
    );
}

function reasons(graph: Graph): string[] {
  return analyseChannels(graph).spaces.flatMap(({ fixed, producers }) =>
    fixed === undefined || producers.length === 0 ? [] : [`${producers.map(({ name }) => name).join('+')}: ${fixed}`],
  );
}

const bias = [{ kind: 'bias', operand: 2 }] as const;

/** Graphs in which `a` (and what is listed with it) makes channels that may move. */
const MOVABLE: Readonly<Record<string, readonly [free: readonly string[], build: (s: Sketch) => ValueId]>> = {
  'a chain with biases, a batch norm and an activation': [
    ['a', 'b'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8, { kernel: 3, epilogue: bias, operands: [s.constant([8])] });
      const b = s.conv('b', s.relu(s.norm('n', a)), 6, { kernel: 3 });
      return s.conv('c', s.steps('sigmoid', b, [{ kind: 'sigmoid' }]), 4);
    },
  ],
  'a residual block: layers that are added share an order': [
    ['a+c', 'b'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const b = s.conv('b', s.relu(a), 5, { kernel: 3 });
      return s.conv('d', s.add('add', s.conv('c', b, 8), a), 4);
    },
  ],
  'a residual in the epilogue': [
    ['a+b'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const b = s.conv('b', a, 8, { epilogue: [{ kind: 'add', operand: 2 }, { kind: 'relu' }], operands: [a] });
      return s.conv('c', b, 4);
    },
  ],
  'a depthwise convolution carries channels along': [
    ['a'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const d = s.conv('d', a, 8, { kernel: 3, groups: 8, epilogue: bias, operands: [s.constant([8])] });
      return s.conv('b', d, 4);
    },
  ],
  'concatenated channels keep their sets': [
    ['a', 'b', 'c'],
    (s) => {
      const x = s.input(1, 3, 5, 5);
      const joined = s.concat(1, s.conv('a', x, 8), x, s.conv('b', x, 5));
      const c = s.conv('c', s.norm('n', joined), 6);
      return s.conv('d', s.concat(1, joined, c), 4);
    },
  ],
  'split where they were joined': [
    ['a', 'b'],
    (s) => {
      const x = s.input(1, 3, 5, 5);
      const joined = s.relu(s.concat(1, s.conv('a', x, 8), s.conv('b', x, 5)));
      const [left = -1, right = -1] = s.builder.add(split, [joined], { axis: 1, sizes: [8, 5] });
      return s.concat(1, s.conv('c', left, 4), s.conv('d', right, 4));
    },
  ],
  'squeeze and excite': [
    ['a+gate', 'squeeze'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const squeeze = s.conv('squeeze', s.mean(a, [2, 3]), 3, { epilogue: [{ kind: 'relu' }] });
      const gate = s.conv('gate', squeeze, 8, { epilogue: [{ kind: 'sigmoid' }] });
      return s.conv('b', s.steps('scale', a, [{ kind: 'mul', operand: 1 }], gate), 4);
    },
  ],
  'pools, spatial padding and slicing, and a mean over pixels into a linear layer': [
    ['a'],
    (s) => {
      const a = s.conv('a', s.input(2, 3, 6, 6), 8);
      const padded = s.builder.apply(pad, [a], {
        mode: 'edge',
        before: [0, 0, 1, 1],
        after: [0, 0, 1, 0],
        value: 0,
      });
      const pooled = s.builder.apply(pool2d, [padded], {
        mode: 'max',
        kernel: [2, 2],
        strides: [1, 1],
        dilations: [1, 1],
        pads: [0, 0, 0, 0],
        ceil: false,
        countIncludePad: false,
      });
      const cut = s.builder.apply(slice, [pooled], { starts: [0, 0, 1, 0], steps: [1, 1, 1, 2], sizes: [2, 8, 4, 3] });
      const flat = s.builder.apply(reshape, [s.mean(cut, [2, 3])], { shape: [2, 8] });
      return s.linear('fc', flat, 5, 1, bias);
    },
  ],
  'a pixel that is flattened': [
    ['a'],
    (s) => {
      const a = s.conv('a', s.input(2, 3, 1, 1), 8);
      return s.linear('fc', s.builder.apply(reshape, [a], { shape: [2, 8] }), 5);
    },
  ],
  'a feed-forward block with a residual and a norm over channels': [
    ['down+in', 'up'],
    (s) => {
      const x = s.linear('in', s.input(2, 5, 6), 8);
      const centred = s.steps('centre', x, [{ kind: 'sub', operand: 1 }], s.mean(x, [2]));
      const scaled = s.steps('scaled', centred, [{ kind: 'mul', operand: 1 }], s.constant([8]));
      const up = s.linear('up', scaled, 12, 1, [...bias, { kind: 'gelu', approximate: false }]);
      return s.linear('out', s.add('add', s.linear('down', up, 8), x), 3);
    },
  ],
  'channels last, through transposes': [
    ['a'],
    (s) => {
      const a = s.conv('a', s.input(2, 3, 4, 5), 8);
      const last = s.builder.apply(transpose, [a], { perm: [0, 2, 3, 1] });
      const rows = s.builder.apply(reshape, [last], { shape: [2, 20, 8] });
      const soft = s.builder.apply(softmax, [rows], { axis: 1 });
      return s.linear('fc', s.steps('scale', soft, [{ kind: 'mul', operand: 1 }], s.constant([8])), 5);
    },
  ],
  'a reduction over the channels ends them': [['a'], (s) => s.mean(s.conv('a', s.input(1, 3, 5, 5), 8), [1, 2], false)],
  'a result that broadcasts over a batch': [
    ['a'],
    (s) => {
      const a = s.conv('a', s.input(1, 3, 4, 4), 8);
      return s.conv('b', s.builder.apply(expand, [a], { shape: [2, 8, 4, 4] }), 4);
    },
  ],
  'a mask of one channel, repeated over many': [
    ['a'],
    (s) => {
      const x = s.input(1, 3, 5, 5);
      const mask = s.conv('mask', x, 1, { epilogue: [{ kind: 'sigmoid' }] });
      return s.conv('b', s.steps('masked', mask, [{ kind: 'mul', operand: 1 }], s.conv('a', x, 8)), 4);
    },
  ],
};

/** Graphs in which the channels of `a` must stay where they are, and why. */
const FIXED: Readonly<Record<string, readonly [reason: string, build: (s: Sketch) => ValueId]>> = {
  'an output of the model': ['a: they reach the output "out0"', (s) => s.relu(s.conv('a', s.input(1, 3, 5, 5), 8))],
  'a residual with the input': [
    'a: "add" combines them with others',
    (s) => {
      const x = s.input(1, 8, 5, 5);
      return s.conv('b', s.add('add', s.conv('a', x, 8), x), 4);
    },
  ],
  'a softmax over them': [
    'a: softmax "softmax" mixes them with another axis',
    (s) => s.conv('b', s.builder.apply(softmax, [s.conv('a', s.input(1, 3, 5, 5), 8)], { axis: 1 }), 4),
  ],
  'pixels that are flattened with them': [
    'a: reshape "reshape" mixes them with another axis',
    (s) => {
      const a = s.conv('a', s.input(1, 3, 2, 2), 8);
      return s.linear('fc', s.builder.apply(reshape, [a], { shape: [1, 32] }), 5);
    },
  ],
  'a grouped convolution': [
    'a: conv2d "b" needs them in place',
    (s) => s.conv('c', s.conv('b', s.conv('a', s.input(1, 3, 5, 5), 8), 8, { groups: 2 }), 4),
  ],
  'a cut between them': [
    'a: split "split" cuts between them',
    (s) => {
      const [left = -1, right = -1] = s.builder.add(split, [s.conv('a', s.input(1, 3, 5, 5), 8)], {
        axis: 1,
        sizes: [4, 4],
      });
      return s.conv('b', s.add('add', left, right), 4);
    },
  ],
  'a slice of them': [
    'a: slice "slice" mixes them with another axis',
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const cut = s.builder.apply(slice, [a], { starts: [0, 0, 0, 0], steps: [1, 2, 1, 1], sizes: [1, 4, 5, 5] });
      return s.conv('b', cut, 4);
    },
  ],
  'padding channels': [
    'a: pad "pad" mixes them with another axis',
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const wide = s.builder.apply(pad, [a], { mode: 'constant', before: [0, 1, 0, 0], after: [0, 0, 0, 0], value: 0 });
      return s.conv('b', wide, 4);
    },
  ],
  'a pick of them': [
    'a: gather "gather" picks of them',
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const picks = s.builder.constant('picks', tensorI64([4], [0, 2, 4, 6]));
      return s.conv('b', s.builder.apply(gather, [a, picks], { axis: 1 }), 4);
    },
  ],
  'unlike sets that are added': [
    'a: "add" combines them with others',
    (s) => {
      const x = s.input(1, 3, 5, 5);
      const joined = s.concat(1, s.conv('b', x, 3), s.conv('c', x, 5));
      return s.conv('d', s.add('add', s.conv('a', x, 8), joined), 4);
    },
  ],
  'a product of two computed tensors': [
    'a: matmul "matmul" needs them in place',
    (s) => {
      const a = s.linear('a', s.input(4, 6), 8);
      const b = s.linear('b', s.input(8, 6), 3);
      const rows = s.builder.apply(transpose, [b], { perm: [1, 0] });
      return s.linear(
        'c',
        s.builder.apply(matmul, [a, s.builder.apply(transpose, [rows], { perm: [1, 0] })], {
          transA: false,
          transB: false,
          epilogue: [],
        }),
        2,
      );
    },
  ],
  'computed parameters of a norm': [
    'a: the parameters of batchNorm "batchNorm" are computed',
    (s) => {
      const scale = s.builder.apply(reshape, [s.conv('a', s.input(1, 3, 1, 1), 8)], { shape: [8] });
      const [shift, mean] = [s.constant([8]), s.constant([8])];
      const inputs = [
        s.input(1, 8, 4, 4),
        scale,
        shift,
        mean,
        s.builder.constant('v', tensorF32([8], [1, 2, 3, 4, 5, 6, 7, 8])),
      ];
      return s.builder.apply(batchNorm, inputs, { epsilon: 1e-3 });
    },
  ],
  'a computed bias along another axis': [
    'a: "biased" mixes them with another axis',
    (s) => {
      const bias = s.builder.apply(reshape, [s.conv('a', s.input(1, 3, 1, 1), 8)], { shape: [8] });
      const x = s.linear('b', s.input(1, 8, 6), 8);
      return s.linear('c', s.steps('biased', x, [{ kind: 'bias', operand: 1 }], bias), 4);
    },
  ],
  'a computed bias as wide as the picture': [
    'a: "biased" combines them with others',
    (s) => {
      const bias = s.builder.apply(reshape, [s.conv('a', s.input(1, 3, 1, 1), 8)], { shape: [8] });
      return s.conv('b', s.steps('biased', s.input(1, 8, 8, 8), [{ kind: 'bias', operand: 1 }], bias), 4);
    },
  ],
  'a weight that two layers share': [
    'a: conv2d "b" needs them in place',
    (s) => {
      const a = s.conv('a', s.input(1, 3, 5, 5), 8);
      const weight = s.constant([8, 8, 1, 1], 'shared');
      return s.conv('d', s.convWith('c', s.convWith('b', a, weight), weight), 4);
    },
  ],
};

describe('channels that may move', () => {
  test.each(Object.entries(MOVABLE))('%s', (_, [expected, build]) => {
    const sketch = new Sketch();
    const graph = sketch.finish(build(sketch));
    expect(free(graph)).toEqual(expected);
    for (const seed of [1, 2, 3]) expect(permutedError(graph, seed)).toBeLessThan(1e-6);
    expect(permutedError(optimize(graph))).toBeLessThan(1e-6);
  });
});

describe('channels that stay', () => {
  test.each(Object.entries(FIXED))('%s', (_, [reason, build]) => {
    const sketch = new Sketch();
    const graph = sketch.finish(build(sketch));
    expect(reasons(graph)).toContain(reason);
    expect(permutedError(graph)).toBeLessThan(1e-6);
  });
});

describe('networks of the zoo', () => {
  // As imported, deep networks differ from shallow ones in nothing but time.
  const deep = ['resnet34', 'resnet101', 'resnet152'];
  /** Milliseconds for the interpreter to run 152 layers twice on a busy machine. */
  const LONG = 300_000;

  test.each(Object.keys(ZOO))(
    '%s computes the same with all free channels in random order',
    (name) => {
      const graph = buildZooModel(parseZooReference(`zoo:${name}@${FULL ? 64 : 32}`));
      const optimized = optimize(graph);
      // Only the classifier must stay: its channels are the result.
      expect(free(optimized).length).toBe(analyseChannels(optimized).spaces.length - 1);
      expect(free(graph)).toEqual(free(optimized));
      const reference = outputsOf(optimized);
      expect(permutedError(optimized, 1, reference)).toBeLessThan(1e-6);
      if (FULL || !deep.includes(name)) expect(permutedError(graph, 2, reference)).toBeLessThan(1e-6);
    },
    LONG,
  );
});
