import { considerKernels, lower, RV64GCV, runtimeFiles, type Candidate } from '@ait-rvv/codegen-core';
import { rvvBackend, TILES, type RvvOptions } from '@ait-rvv/codegen-rvv';
import { conv2d, GraphBuilder, matmul, tensorType, type EpilogueStep, type Graph } from '@ait-rvv/ir';
import { runProcess } from '@ait-rvv/remote';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FULL } from '../../../../tools/testing/full.js';
import { toolchain } from '../../../../tools/testing/programs.js';
import { scratchFolder } from '../../../../tools/testing/scratch.js';
import { randomTensor } from '../../../../tools/testing/tensors.js';
import { addChain } from '../../../../tools/testing/cases/pitched.js';
import { addPrologue, NORMALISE } from '../../../../tools/testing/cases/prologue.js';
import { addSeparable, BOUNDED } from '../../../../tools/testing/cases/separable.js';
import { CaseGraph } from './case-graph.js';

const EPILOGUES: readonly (readonly EpilogueStep[])[] = [
  [{ kind: 'bias', operand: 2 }],
  [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }],
  [
    { kind: 'bias', operand: 2 },
    { kind: 'clamp', min: 0, max: 6 },
  ],
  [{ kind: 'bias', operand: 2 }, { kind: 'hardSwish' }],
  [{ kind: 'bias', operand: 2 }, { kind: 'silu' }],
  [
    { kind: 'bias', operand: 2 },
    { kind: 'gelu', approximate: false },
  ],
];

/** Masks that lead to the largest tile of every LMUL; the full run takes every number of rows there is. */
const MASK_ROWS = FULL ? Array.from({ length: 31 }, (_, index) => index + 1) : [31, 15, 7, 3];

/** Pruned convolutions with the epilogue of a residual block, and pruned fully connected layers with each epilogue. */
function prunedProducts(): Graph {
  const graph = new CaseGraph('pruned');
  const image = [1, 31, 8, 8];
  for (const tileRows of MASK_ROWS) {
    for (const k of [1, 3]) {
      const weight = graph.pruned([31, 31, k, k], { tileRows, kept: 15 });
      const inputs = [graph.input(image), weight, graph.constant([31]), graph.input(image)];
      const pad = (k - 1) / 2;
      const attrs = { strides: [1, 1], dilations: [1, 1], pads: [pad, pad, pad, pad], groups: 1 } as const;
      const epilogue = EPILOGUES[1] ?? [];
      const value = graph.builder.apply(conv2d, inputs, { ...attrs, epilogue }, { name: 'conv' });
      graph.case(`${k}x${k} ${tileRows}`, value);
    }
  }
  for (const epilogue of EPILOGUES) {
    const inputs = [graph.input([9, 31]), graph.pruned([31, 31], { tileRows: 8, kept: 15 })];
    const operands = [graph.constant([31]), graph.input([9, 31])];
    const attrs = { transA: false, transB: true, epilogue };
    graph.case('linear', graph.builder.apply(matmul, [...inputs, ...operands], attrs, { name: 'linear' }));
  }
  return graph.build();
}

/** Rows that are cut into tiles of every height there is, and lower ones. */
const ROWS = 840;

/** A 1x1, a 3x3 and a matrix product with each epilogue. */
function products(): Graph {
  const builder = new GraphBuilder('products');
  for (const epilogue of EPILOGUES) {
    const image = [1, 9, 8, 8];
    for (const k of [1, 3]) {
      const [x, residual] = [
        builder.input('x', tensorType('f32', image)),
        builder.input('r', tensorType('f32', [1, ROWS, 8, 8])),
      ];
      const inputs = [
        x,
        builder.constant('w', randomTensor([ROWS, 9, k, k], 1)),
        builder.constant('b', randomTensor([ROWS], 2)),
        residual,
      ];
      const pad = (k - 1) / 2;
      const attrs = { strides: [1, 1], dilations: [1, 1], pads: [pad, pad, pad, pad], groups: 1, epilogue } as const;
      builder.output('y', builder.apply(conv2d, inputs, attrs, { name: 'conv' }));
    }
    const [x, residual] = [
      builder.input('x', tensorType('f32', [9, 9])),
      builder.input('r', tensorType('f32', [9, 9])),
    ];
    const inputs = [
      x,
      builder.constant('w', randomTensor([9, 9], 1)),
      builder.constant('b', randomTensor([9], 2)),
      residual,
    ];
    builder.output('y', builder.apply(matmul, inputs, { transA: false, transB: false, epilogue }, { name: 'product' }));
  }
  return builder.build();
}

/** Depthwise convolutions of every number of rows, with the epilogue of most of them and a heavy one. */
function depthwise(): Graph {
  const graph = new CaseGraph('depthwise');
  const epilogues = [EPILOGUES[2] ?? [], EPILOGUES[4] ?? []];
  for (const k of [3, 5]) {
    for (const stride of [1, 2]) {
      for (const epilogue of k === 3 ? epilogues : epilogues.slice(0, 1)) {
        const inputs = [graph.input([1, 16, 28, 28]), graph.constant([16, 1, k, k]), graph.constant([16])];
        const pad = (k - 1) / 2;
        const attrs = { strides: [stride, stride], dilations: [1, 1], pads: [pad, pad, pad, pad], groups: 16 } as const;
        graph.case(
          `${k}x${k} ${stride}`,
          graph.builder.apply(conv2d, inputs, { ...attrs, epilogue }, { name: 'conv' }),
        );
      }
    }
  }
  return graph.build();
}

/** Convolutions whose windows are kept together, in panels and in bands: tiles with offsets, dense and pruned. */
function windows(): Graph {
  const graph = new CaseGraph('windows');
  const [image, result] = [
    [1, 3, 4, 64],
    [1, 31, 4, 64],
  ];
  for (const weight of [graph.constant([31, 3, 3, 3]), graph.pruned([31, 3, 3, 3], { tileRows: 15, kept: 13 })]) {
    const inputs = [graph.input(image), weight, graph.constant([31]), graph.input(result)];
    const attrs = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;
    const epilogue = EPILOGUES[1] ?? [];
    graph.case(`${weight}`, graph.builder.apply(conv2d, inputs, { ...attrs, epilogue }, { name: 'conv' }));
  }
  return graph.build();
}

/** 1x1 convolutions with light and heavy steps before them. */
function prologues(): Graph {
  const graph = new CaseGraph('prologues');
  for (const steps of [NORMALISE, [{ kind: 'silu' }], [{ kind: 'gelu', approximate: false }]] as const) {
    addPrologue(graph, `${steps.length} ${steps[0].kind}`, { x: [1, 9, 8, 8], co: ROWS, prologue: steps });
  }
  return graph.build();
}

/** Depthwise separable convolutions: light and heavy steps between both, and windows of other sizes. */
function separables(): Graph {
  const graph = new CaseGraph('separables');
  const shape = { x: [1, 16, 28, 28], co: 31 } as const;
  for (const between of [BOUNDED, [{ kind: 'silu' }]] as const) {
    addSeparable(graph, between[0].kind, { ...shape, kernel: [3, 3], between });
  }
  addSeparable(graph, '5x5', { ...shape, kernel: [5, 5], pads: [2, 2, 2, 2] });
  return graph.build();
}

/** Convolutions of pictures on a pitch, and those that put them there or scatter to its phases: light and heavy steps. */
function pitched(): Graph {
  const graph = new CaseGraph('pitched');
  for (const kept of [undefined, 13]) {
    for (const steps of [[{ kind: 'relu' }], [{ kind: 'silu' }], [{ kind: 'gelu', approximate: false }]] as const) {
      const layer = { co: 31, steps, ...(kept === undefined ? {} : { kept, tileRows: 15 }) };
      const down = { ...layer, strides: [2, 2] } as const;
      const layers = [layer, layer, { ...layer, residual: 2 }, down, layer];
      addChain(graph, `${kept ?? 'dense'} ${steps[0].kind}`, { x: [1, 31, 8, 16], from: 31, layers });
    }
  }
  return graph.build();
}

/** Every candidate of the layers with an epilogue. */
function candidatesOf(source: Graph, options: RvvOptions = { winograd: true }): readonly Candidate[] {
  const backend = rvvBackend(RV64GCV, options);
  const graph = lower(source, backend);
  return graph.nodes
    .filter((node) => node.op.traits.epilogue === true)
    .flatMap((node) => considerKernels(graph, node, backend).flatMap((one) => one.candidates));
}

test('no tile of a product or depthwise kernel spills a vector register', async () => {
  const candidates = [
    ...[products(), prunedProducts(), depthwise(), prologues(), separables()].flatMap((graph) => candidatesOf(graph)),
    ...candidatesOf(windows()).filter(({ kernel }) => kernel === 'conv_mec' || kernel === 'conv_staged'),
    ...candidatesOf(pitched(), { pitch: 0 }),
  ];
  const sources = new Map(
    candidates.flatMap((candidate) => candidate.emit().sources.map((source) => [source.symbol, source] as const)),
  );
  // Light epilogues meet every tile of all three kernels.
  expect(sources.size).toBeGreaterThanOrEqual(4 * 2 * TILES.gemm.length + TILES.matmul.length + 2 * MASK_ROWS.length);
  expect([...sources.keys()].filter((symbol) => symbol.includes('_cnm'))).not.toEqual([]);
  expect([...sources.keys()].filter((symbol) => symbol.includes('_depthwise_')).length).toBeGreaterThan(40);
  // Those whose strips fill a block of positions or less.
  expect([...sources.keys()].filter((symbol) => symbol.includes('_gemm_prologue_'))).toHaveLength(
    3 * TILES.gemm.filter(({ l }) => l <= 2).length,
  );
  expect([...sources.keys()].filter((symbol) => symbol.includes('_separable_')).length).toBeGreaterThan(30);
  for (const way of ['direct_cnm', 'direct_o', 'direct_to_phases', 'direct_to_positions', 'gemm_to_pitch']) {
    expect([...sources.keys()].filter((symbol) => symbol.includes(`_${way}`)).length, way).toBeGreaterThan(10);
  }
  for (const way of ['mec', 'staged']) {
    expect([...sources.keys()].filter((symbol) => symbol.includes(`_conv_gemm_${way}_`)).length).toBeGreaterThan(10);
  }
  expect([...sources.keys()].filter((symbol) => symbol.includes('_winograd_'))).toHaveLength(
    4 * TILES.winograd.length * EPILOGUES.length,
  );

  const folder = scratchFolder();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of runtimeFiles().files) write(path, text);
  for (const source of sources.values()) for (const [path, text] of source.files) write(path, text);
  const { compiler, env } = await toolchain();
  const paths = [...sources.values()].map((source) => source.rvv);
  const flags = [
    '-march=rv64gcv',
    '-O3',
    '-std=c11',
    '-D_GNU_SOURCE',
    '-ffp-contract=fast',
    '-fno-tree-vectorize',
    '-fno-tree-slp-vectorize',
    '-Iinclude',
    '-Isrc',
    '-S',
  ];
  const run = (chunk: readonly string[]) =>
    runProcess([...compiler, ...flags, ...chunk], { cwd: folder, env: { ...process.env, ...env } });
  const half = Math.ceil(paths.length / 2);
  for (const result of await Promise.all([run(paths.slice(0, half)), run(paths.slice(half))]))
    expect(result.stderr).toBe('');

  const listing = await runProcess(['grep', '-rlE', 'vs[1248]r\\.v.*Folded Spill', '--include=*.s', folder]);
  expect(listing.stdout).toBe('');
  // The pattern is the compiler's own: without a matching instruction at all the check would be empty.
  const stores = await runProcess(['grep', '-rlE', 'vse32\\.v', '--include=*.s', folder]);
  expect(stores.stdout.trim().split('\n')).toHaveLength(paths.length);
});
