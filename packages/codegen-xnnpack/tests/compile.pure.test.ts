import {
  compileGraph,
  considerKernels,
  lower,
  scheduleGraph,
  selectKernels,
  type Bundle,
  type Schedule,
} from '@ait-rvv/codegen-core';
import { xnnpackBackend, XNNPACK_FUNCTIONS } from '@ait-rvv/codegen-xnnpack';
import {
  conv2d,
  elementwise,
  GraphBuilder,
  OPS,
  pool2d,
  reduce,
  softmax,
  tensorType,
  type EpilogueStep,
  type Graph,
  type Pool2dAttrs,
  type ValueId,
} from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compareGolden } from '../../../tools/testing/golden.js';
import { randomTensor } from '../../../tools/testing/tensors.js';
import { GRAPHS } from './check-cases.js';

const backend = xnnpackBackend();
const OPTIONS = { name: 'net', source: { model: 'test', sha256: '', shapes: {} }, embed: false } as const;
const CONV = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;

function schedule(graph: Graph, chosen = backend): Schedule {
  const lowered = lower(graph, chosen);
  return scheduleGraph(lowered, selectKernels(lowered, chosen), chosen.join);
}

/** The steps as `xnnpack: a b` and `portable_copy: c`. */
function stepTexts({ steps }: Schedule): readonly string[] {
  return steps.map(({ layers }) => `${layers[0]?.kernel ?? ''}: ${layers.map(({ node }) => node.name).join(' ')}`);
}

class Net {
  readonly builder = new GraphBuilder('net');
  #seed = 1;

  input(...shape: readonly number[]): ValueId {
    return this.builder.input(`x${this.#seed++}`, tensorType('f32', shape));
  }

  conv(
    name: string,
    x: ValueId,
    channels: number,
    epilogue: readonly EpilogueStep[] = [],
    operands: readonly ValueId[] = [],
  ) {
    const weight = this.constant(channels, this.builder.type(x).shape[1] ?? 1, 1, 1);
    return this.builder.apply(conv2d, [x, weight, ...operands], { ...CONV, epilogue }, { name });
  }

  constant(...shape: readonly number[]): ValueId {
    const seed = this.#seed++;
    return this.builder.constant(`c${seed}`, randomTensor(shape, seed));
  }

  chain(name: string, x: ValueId, epilogue: readonly EpilogueStep[], operands: readonly ValueId[] = []): ValueId {
    return this.builder.apply(elementwise, [x, ...operands], { epilogue }, { name });
  }

  build(...outputs: readonly ValueId[]): Graph {
    outputs.forEach((value, index) => this.builder.output(`y${index}`, value));
    return this.builder.build();
  }
}

describe('segments', () => {
  test.each(['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121', 'squeezenet1_1'])(
    '%s is one subgraph behind the change of layout',
    (name) => {
      const texts = stepTexts(schedule(buildZooModel(parseZooReference(`zoo:${name}@64`))));
      expect(texts).toHaveLength(2);
      expect(texts[0]).toBe('portable_copy: input.relayout');
      expect(texts[1]).toMatch(/^xnnpack: /);
    },
  );

  test('a portable node ends a segment only for those behind it', () => {
    const net = new Net();
    const stem = net.conv('stem', net.input(1, 3, 4, 4), 4);
    const portable = net.chain('portable', stem, [{ kind: 'tanh' }]);
    const beside = net.conv('beside', stem, 4);
    const sum = net.chain('sum', beside, [{ kind: 'add', operand: 1 }], [net.conv('behind', portable, 4)]);
    expect(stepTexts(schedule(net.build(sum)))).toEqual([
      'portable_copy: x1.relayout',
      'xnnpack: stem beside',
      'portable_elementwise: portable',
      'xnnpack: behind beside.epilogue',
      'portable_copy: sum.relayout',
    ]);
  });

  test('only what is read outside of a segment has memory', () => {
    const net = new Net();
    const stem = net.conv('stem', net.input(1, 3, 64, 64), 40);
    const { memory, steps } = schedule(net.build(net.conv('head', net.conv('middle', stem, 50), 2)));
    expect(steps[1]?.outputs).toHaveLength(1);
    // The picture as NHWC, and the two channels that leave.
    expect(memory.arenaBytes).toBe(4 * 64 * 64 * (3 + 2));
  });

  test('per layer, every node is a subgraph', () => {
    const net = new Net();
    const graph = net.build(net.conv('b', net.conv('a', net.input(1, 3, 4, 4), 4), 4));
    expect(stepTexts(schedule(graph, xnnpackBackend({ perLayer: true })))).toEqual([
      'portable_copy: x1.relayout',
      'xnnpack: a',
      'xnnpack: b',
      'portable_copy: b.relayout',
    ]);
  });
});

describe('epilogues', () => {
  /** Functions of XNNPACK by layer. */
  function functions(graph: Graph): readonly string[] {
    return schedule(graph)
      .steps.flatMap(({ layers }) => layers)
      .filter(({ kernel }) => kernel === 'xnnpack')
      .map(({ node, parameters }) => `${node.name}: ${parameters['functions'] ?? ''}`);
  }

  test('bias and bounds are part of a convolution; a residual and what follows is an addition with bounds', () => {
    const net = new Net();
    const x = net.input(1, 4, 4, 4);
    const bias: EpilogueStep = { kind: 'bias', operand: 2 };
    const plain = net.conv('plain', x, 4, [bias, { kind: 'clamp', min: 0, max: 6 }], [net.constant(4)]);
    const residual: readonly EpilogueStep[] = [bias, { kind: 'add', operand: 3 }, { kind: 'relu' }];
    const y = net.conv('residual', plain, 4, residual, [net.constant(4), x]);
    expect(functions(net.build(y))).toEqual([
      'plain: convolution_2d',
      'residual: convolution_2d',
      'residual.epilogue: add2',
    ]);
  });

  test('an activation XNNPACK knows is a node of its own, in the same segment', () => {
    const net = new Net();
    const y = net.conv('conv', net.input(1, 4, 4, 4), 4, [{ kind: 'hardSwish' }, { kind: 'relu' }]);
    expect(functions(net.build(y))).toEqual(['conv: convolution_2d', 'conv.epilogue: hardswish clamp']);
  });

  test('a computed bias is added behind', () => {
    const net = new Net();
    const y = net.conv('conv', net.input(1, 4, 4, 4), 4, [{ kind: 'bias', operand: 2 }], [net.input(4)]);
    expect(functions(net.build(y))).toEqual(['conv: convolution_2d', 'conv.epilogue: add2']);
  });
});

describe('what XNNPACK does not compute', () => {
  const POOL = { mode: 'max', strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], ceil: false } as const;
  const pool = (attrs: Partial<Pool2dAttrs>): Graph => {
    const net = new Net();
    const given: Pool2dAttrs = { ...POOL, kernel: [2, 2], countIncludePad: false, ...attrs };
    return net.build(net.builder.apply(pool2d, [net.input(1, 2, 8, 8)], given, { name: 'node' }));
  };
  const chain = (step: EpilogueStep): Graph => {
    const net = new Net();
    return net.build(net.chain('node', net.input(3, 5), [step]));
  };
  const one = (make: (net: Net) => ValueId): Graph => {
    const net = new Net();
    return net.build(make(net));
  };

  test.each<readonly [string, Graph]>([
    ['XNNPACK refuses windows of one element', pool({ kernel: [1, 1] })],
    ['XNNPACK refuses strides beyond the window', pool({ strides: [3, 1] })],
    ['XNNPACK pads no dilated window', pool({ kernel: [3, 3], dilations: [2, 2], pads: [1, 1, 1, 1] })],
    ['XNNPACK does not count the padding', pool({ mode: 'average', pads: [1, 0, 0, 0], countIncludePad: true })],
    ['XNNPACK has no dilated average', pool({ mode: 'average', dilations: [2, 1] })],
    ['a window lies in the padding as a whole', pool({ pads: [2, 0, 0, 0] })],
    ['XNNPACK of 2022 has no tanh', chain({ kind: 'tanh' })],
    ['XNNPACK clips to an interval that is not a point', chain({ kind: 'clamp', min: 1, max: 1 })],
    [
      'XNNPACK has softmax along the innermost axis only',
      one((net) => net.builder.apply(softmax, [net.input(3, 4)], { axis: 0 }, { name: 'node' })),
    ],
    [
      'XNNPACK of 2022 has no max over axes',
      one((net) => {
        const attrs = { mode: 'max', axes: [2, 3], keepDims: true } as const;
        return net.builder.apply(reduce, [net.conv('conv', net.input(1, 3, 4, 4), 3)], attrs, { name: 'node' });
      }),
    ],
    [
      'XNNPACK knows 6 axes at most',
      one((net) => net.chain('node', net.input(1, 2, 1, 2, 1, 2, 1), [{ kind: 'abs' }])),
    ],
    [
      'XNNPACK refuses empty tensors',
      one((net) => {
        const attrs = { mode: 'sum', axes: [0], keepDims: true } as const;
        return net.builder.apply(reduce, [net.input(0, 2)], attrs, { name: 'node' });
      }),
    ],
    [
      'an operand lies in another order than the result',
      one((net) => {
        const attrs: Pool2dAttrs = { ...POOL, kernel: [2, 2], countIncludePad: false };
        const picture = net.builder.apply(pool2d, [net.input(1, 3, 5, 6)], attrs, { name: 'pool' });
        return net.chain('node', picture, [{ kind: 'add', operand: 1 }], [net.input(3, 4, 5)]);
      }),
    ],
  ])('%s', (reason, graph) => {
    const lowered = lower(graph, backend);
    const node = lowered.nodes.find(({ name }) => name === 'node');
    if (node === undefined) throw new Error('no node');
    expect(considerKernels(lowered, node, backend)[0]).toMatchObject({ kernel: 'xnnpack', refusal: reason });
    // It is computed all the same, and the manifest says by what.
    const { layers } = manifestOf(compileGraph(graph, backend, OPTIONS).bundle);
    expect(layers.find(({ name }) => name === 'node')?.kernel).toMatch(/^portable_/);
  });

  test('every op of the IR that computes has a kernel', () => {
    const kinds = new Set<string>();
    for (const [cases] of Object.values(GRAPHS)) {
      for (const { layers } of schedule(cases.build()).steps) for (const { node } of layers) kinds.add(node.op.kind);
    }
    // Views, what is always folded, and what codegen-core/tests/portable.cc.test.ts covers.
    const portable = ['cast', 'compare', 'normalize', 'resample', 'scan', 'scatter', 'topk', 'where'];
    const elsewhere = ['reshape', 'transpose', 'shapeOf', 'batchNorm', ...portable];
    expect([...kinds, ...elsewhere].sort()).toEqual(Object.keys(OPS).sort());
  });
});

interface ManifestPart {
  readonly layers: readonly { readonly name: string; readonly kernel: string }[];
}

function manifestOf(bundle: Bundle): ManifestPart {
  return JSON.parse(new TextDecoder().decode(bundle.get('manifest.json'))) as ManifestPart;
}

describe('emission', () => {
  test('the functions a header is asked for are those that are called', () => {
    const texts = [readFileSync(new URL('../c/segment.c', import.meta.url), 'utf8')];
    for (const [cases] of Object.values(GRAPHS)) {
      const { bundle } = compileGraph(cases.build(), backend, OPTIONS);
      for (const [path, bytes] of bundle) if (/define_\d+\.c$/.test(path)) texts.push(new TextDecoder().decode(bytes));
    }
    const called = new Set(texts.join('\n').match(/\bxnn_(define|create|setup)_\w+(?=\()/g));
    const guarded = ['xnn_define_concatenate2', 'xnn_define_concatenate3', 'xnn_define_concatenate4'];
    const always = ['xnn_create_subgraph'];
    expect([...called].sort()).toEqual([...XNNPACK_FUNCTIONS, ...guarded, ...always].sort());
  });

  test('is a pure function, nothing of this machine in it', () => {
    const compile = (): Bundle =>
      compileGraph(buildZooModel(parseZooReference('zoo:squeezenet1_1@64')), backend, OPTIONS).bundle;
    const [a, b] = [compile(), compile()];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [path, bytes] of a) {
      expect(Buffer.from(bytes).equals(b.get(path) ?? new Uint8Array())).toBe(true);
      if (path.endsWith('.bin')) continue;
      expect(new TextDecoder().decode(bytes)).not.toMatch(/\/home\/|\/root\/|\/work\/|\/tmp\/|\/usr\//);
    }
  });

  test('golden: a residual block with a classifier', () => {
    const net = new Net();
    const stem = net.conv(
      'stem',
      net.input(1, 3, 4, 4),
      4,
      [{ kind: 'bias', operand: 2 }, { kind: 'relu' }],
      [net.constant(4)],
    );
    const sum = net.conv('body', stem, 4, [{ kind: 'add', operand: 2 }, { kind: 'relu' }], [stem]);
    const odd = net.chain('odd', sum, [{ kind: 'tanh' }]);
    const mean = net.builder.apply(reduce, [odd], { mode: 'mean', axes: [2, 3], keepDims: false }, { name: 'mean' });
    const graph = net.build(net.builder.apply(softmax, [mean], { axis: 1 }, { name: 'softmax' }));
    const { bundle } = compileGraph(graph, backend, OPTIONS);
    const chosen = [...bundle].filter(([path]) =>
      /^(src\/net\.c|src\/main\.c|src\/kernels\.h|Makefile|CMakeLists\.txt|manifest\.json|src\/kernels\/xnnpack\/ait_)/.test(
        path,
      ),
    );
    compareGolden(fileURLToPath(new URL('golden/residual', import.meta.url)), new Map(chosen));
  });
});
