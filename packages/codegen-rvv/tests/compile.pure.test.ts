import {
  compileGraph,
  considerKernels,
  effectiveCalls,
  lower,
  scheduleGraph,
  selectKernels,
  viewsOf,
  type Schedule,
} from '@ait-rvv/codegen-core';
import { fitsEpilogue, fitsRegisters, rvvBackend, RVV_KERNELS } from '@ait-rvv/codegen-rvv';
import {
  CompileError,
  concat,
  conv2d,
  GraphBuilder,
  scan,
  split,
  tensorType,
  type Graph,
  type ValueId,
} from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root as kernelRoot } from '@ait-rvv/rvv-kernels';
import { describe, expect, test } from 'vitest';
import { compareGolden } from '../../../tools/testing/golden.js';
import { randomTensor } from '../../../tools/testing/tensors.js';

const backend = rvvBackend();
const CONV = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;
const OPTIONS = { name: 'net', source: { model: 'test', sha256: '', shapes: {} }, embed: false } as const;

function schedule(graph: Graph): Schedule {
  const lowered = lower(graph, backend);
  return scheduleGraph(lowered, selectKernels(lowered, backend));
}

function conv(builder: GraphBuilder, x: ValueId, channels: number, name: string): ValueId {
  const weight = builder.constant(`${name}.w`, randomTensor([channels, builder.type(x).shape[1] ?? 1, 1, 1], channels));
  return builder.apply(conv2d, [x, weight], CONV, { name });
}

describe('placement', () => {
  test('a channel concat and a channel split copy nothing', () => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f32', [2, 4, 5, 5]));
    const stem = conv(builder, x, 6, 'stem');
    const joined = builder.apply(
      concat,
      [conv(builder, stem, 5, 'a'), conv(builder, stem, 7, 'b'), stem],
      { axis: 1 },
      { name: 'join' },
    );
    const parts = builder.add(split, [joined], { axis: 1, sizes: [3, 15] }, { name: 'cut' });
    parts.forEach((part, index) => builder.output(`y${index}`, conv(builder, part, 4, `out${index}`)));
    const { steps, storage, graph } = schedule(builder.build());
    const working = steps
      .filter((step) => effectiveCalls(step, storage).length > 0)
      .flatMap((step) => step.layers.map(({ node }) => node.name));
    expect(working).toEqual(['stem', 'a', 'b', 'out0', 'out1', 'out0.relayout', 'out1.relayout']);
    expect(graph.nodes.filter((node) => viewsOf(graph, node) !== undefined).map((node) => node.name)).toEqual(['cut']);
  });

  test('the dense blocks of DenseNet copy nothing', () => {
    const { steps, storage } = schedule(buildZooModel(parseZooReference('zoo:densenet121@64')));
    const copies = steps.filter(
      (step) => step.layers.some(({ node }) => node.op.kind === 'concat') && effectiveCalls(step, storage).length > 0,
    );
    expect(copies).toEqual([]);
  });

  test('a residual sum overwrites its operand', () => {
    const { memory } = schedule(buildZooModel(parseZooReference('zoo:resnet18@224')));
    // The widest point: 64 channels of 112x112 beside the pooled 56x56.
    expect(memory.arenaBytes).toBe(4 * 64 * (112 * 112 + 56 * 56));
  });

  test.each(['resnet18', 'resnet50', 'resnet152', 'mobilenet_v2', 'densenet121', 'squeezenet1_1'])(
    '%s: the arena is at most 1.1 times the largest live set',
    (name) => {
      for (const suffix of ['@64', '@224?batch=2']) {
        const { memory } = schedule(buildZooModel(parseZooReference(`zoo:${name}${suffix}`)));
        expect(memory.arenaBytes).toBeLessThanOrEqual(1.1 * memory.lowerBound);
      }
    },
  );
});

describe('selection', () => {
  test('refusals have reasons', () => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f32', [1, 4, 5, 5]));
    const weight = builder.constant('w', randomTensor([4, 1, 3, 3], 1));
    builder.output('y', builder.apply(conv2d, [x, weight], { ...CONV, groups: 4 }, { name: 'dw' }));
    const lowered = lower(builder.build(), backend);
    const node = lowered.nodes.find((one) => one.name === 'dw');
    if (node === undefined) throw new Error('no node');
    const answers = considerKernels(lowered, node, backend);
    expect(answers.find((one) => one.kernel === 'gemm')?.refusal).toBe('the kernel is 3x3, not 1x1');
    expect(answers.find((one) => one.kernel === 'conv_gemm')?.refusal).toBe(
      'depthwise: one input channel a group leaves nothing to share',
    );
    expect(answers.find((one) => one.kernel === 'depthwise')?.candidates.length).toBeGreaterThan(0);
    expect(answers).toHaveLength(RVV_KERNELS.length);
  });

  test('everything no kernel takes is reported at once', () => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f16', [5]));
    const attrs = { axis: 0, exclusive: false, reverse: false };
    for (const name of ['a', 'b']) builder.output(name, builder.apply(scan, [x], attrs, { name }));
    let error: unknown;
    try {
      compileGraph(builder.build(), backend, OPTIONS);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(CompileError);
    expect((error as CompileError).diagnostics.map((one) => one.where)).toEqual(['scan "a"', 'scan "b"']);
    expect((error as CompileError).kind).toBe('unsupported');
  });

  test('the register rule', () => {
    for (const [t, l] of [
      [31, 1],
      [15, 2],
      [7, 4],
      [3, 8],
    ] as const) {
      expect(fitsRegisters(t, l)).toBe(true);
      expect(fitsRegisters(t + 1, l)).toBe(false);
    }
    expect(fitsEpilogue(7, 4, [{ kind: 'bias' }, { kind: 'relu' }])).toBe(true);
    expect(fitsEpilogue(7, 4, [{ kind: 'silu' }])).toBe(false);
  });
});

describe('emission', () => {
  test('is a pure function: equal graphs give equal bytes, nothing of this machine in them', () => {
    const compile = (): ReadonlyMap<string, Uint8Array> =>
      compileGraph(buildZooModel(parseZooReference('zoo:squeezenet1_1@64')), backend, OPTIONS).bundle;
    const [a, b] = [compile(), compile()];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [path, bytes] of a) {
      expect(Buffer.from(bytes).equals(b.get(path) ?? new Uint8Array())).toBe(true);
      if (!path.endsWith('.bin'))
        expect(new TextDecoder().decode(bytes)).not.toMatch(
          /\/home\/|\/root\/|\/work\/|\/tmp\/|20[0-9]{2}-[0-9]{2}-[0-9]{2}/,
        );
    }
  });

  test('every C file says where it comes from, and no vector length is written down', () => {
    const { bundle } = compileGraph(buildZooModel(parseZooReference('zoo:mobilenet_v2@64')), backend, OPTIONS);
    for (const [path, bytes] of bundle) {
      if (!/^(src\/kernels|src\/net|include\/net)/.test(path)) continue;
      const text = new TextDecoder().decode(bytes);
      expect(text.slice(0, 120)).toMatch(/Generated by ait-rvv from [a-z_./]+\.njk/);
      expect(text).not.toMatch(/VLEN *=|\bvlen\b/i);
    }
  });

  test('golden: a convolution with bias, residual and relu', () => {
    const builder = new GraphBuilder('golden');
    const x = builder.input('x', tensorType('f32', [1, 4, 6, 6]));
    const weight = builder.constant('w', randomTensor([4, 4, 3, 3], 1));
    const bias = builder.constant('b', randomTensor([4], 2));
    const epilogue = [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }] as const;
    builder.output(
      'y',
      builder.apply(conv2d, [x, weight, bias, x], { ...CONV, pads: [1, 1, 1, 1], epilogue }, { name: 'conv' }),
    );
    const { bundle } = compileGraph(builder.build(), backend, OPTIONS);
    const chosen = [...bundle].filter(([path]) =>
      /^(src\/net\.c|src\/kernels\.h|include\/net\.h|Makefile|manifest\.json|src\/kernels\/)/.test(path),
    );
    compareGolden(fileURLToPath(new URL('golden/convolution', import.meta.url)), new Map(chosen));
  });
});

test('kernels.json lists the template folders', () => {
  const { families } = JSON.parse(readFileSync(join(kernelRoot, 'kernels.json'), 'utf8')) as {
    families: Record<string, string>;
  };
  const folders = readdirSync(join(kernelRoot, 'templates')).filter((name) => name !== 'shared');
  expect(Object.keys(families).sort()).toEqual(folders.sort());
});
