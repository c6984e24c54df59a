import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, type Conv2dAttrs, type EpilogueStep } from '@ait-rvv/ir';
import { expect, test } from 'vitest';
import { buildFolder, countRun, emitGraph } from '../../../../tools/testing/programs.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';
import { selectNamed } from './named-candidates.js';

interface Picture extends Partial<Omit<Conv2dAttrs, 'epilogue'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly k: readonly [number, number];
  readonly rows: number;
  readonly kept: number;
}

/** Convolutions so pruned that no tile keeps some columns of any group, and some of whose kernel rows lack channels. */
const PICTURES: Readonly<Record<string, Picture>> = {
  '3x3': { x: [1, 9, 7, 11], k: [3, 3], pads: [1, 1, 1, 1], rows: 18, kept: 12 },
  'batch of 3': { x: [3, 5, 6, 9], k: [3, 3], pads: [1, 1, 1, 1], rows: 9, kept: 7 },
  'one tile': { x: [1, 6, 9, 9], k: [3, 3], pads: [1, 1, 1, 1], rows: 9, kept: 5 },
  'one column of each tile': { x: [1, 7, 5, 21], k: [3, 3], pads: [1, 1, 1, 1], rows: 27, kept: 1 },
  'stride 2': { x: [2, 7, 9, 37], k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], rows: 18, kept: 9 },
  '1x1, stride 2': { x: [1, 37, 9, 13], k: [1, 1], strides: [2, 2], rows: 20, kept: 6 },
  '5x5 dilated': { x: [1, 4, 11, 18], k: [5, 5], dilations: [2, 2], pads: [4, 4, 4, 4], rows: 9, kept: 14 },
  'uneven pads': { x: [1, 5, 4, 40], k: [3, 5], pads: [0, 2, 1, 0], rows: 18, kept: 10 },
  '3 groups': { x: [1, 15, 5, 19], k: [3, 3], groups: 3, pads: [1, 1, 1, 1], rows: 27, kept: 8 },
  'rows of whole strips': { x: [1, 6, 4, 64], k: [3, 3], pads: [1, 1, 1, 1], rows: 18, kept: 8 },
  'beyond 16-bit offsets': { x: [1, 180, 5, 9], k: [3, 3], pads: [1, 1, 1, 1], rows: 18, kept: 400 },
};

/** Tiles of one and of two strips, and with half of their K block, which cuts taps and kernel rows apart from each other. */
const WAYS = ['conv_gemm_kept#0', 'conv_gemm_kept#3', 'conv_gemm_kept#0.0', 'conv_mec_kept#0'];

const RESIDUAL: readonly EpilogueStep[] = [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }];

function addPicture(cases: CaseGraph, name: string, { x, k, rows, kept, ...given }: Picture): void {
  const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, ...given } as const;
  const [n, channels] = x;
  const weight = cases.pruned([rows, channels / attrs.groups, ...k], { tileRows: 9, kept });
  const out = k.map((kernel, axis) => {
    const [stride = 1, dilation = 1] = [attrs.strides[axis], attrs.dilations[axis]];
    const padded = (x[axis + 2] ?? 0) + (attrs.pads[axis] ?? 0) + (attrs.pads[axis + 2] ?? 0);
    return Math.floor((padded - (kernel - 1) * dilation - 1) / stride) + 1;
  });
  const inputs = [cases.input(x), weight, cases.constant([rows]), cases.input([n, rows, ...out])];
  cases.case(name, cases.builder.apply(conv2d, inputs, { ...attrs, epilogue: RESIDUAL }, { name }));
}

const cases = new CaseGraph('kept columns');
for (const [name, picture] of Object.entries(PICTURES)) {
  const windows = picture.k[1] > (picture.strides?.[1] ?? 1);
  for (const way of WAYS.filter((one) => windows || !one.startsWith('conv_mec'))) {
    addPicture(cases, `${name}, ${way}`, picture);
  }
}
checkCases('columns that no tile keeps are left out', cases, { select: selectNamed(rvvBackend()) });

/** Vector loads and stores of a layer of one tile that keeps 9 of its 90 columns, packed by a kernel. */
async function vectorTransfers(kernel: string): Promise<number> {
  const graph = new CaseGraph('transfers');
  addPicture(graph, `layer, ${kernel}#0`, { x: [1, 10, 18, 18], k: [3, 3], rows: 9, kept: 9 });
  const folder = emitGraph(graph.build(), { select: selectNamed(rvvBackend()) });
  await buildFolder(folder);
  const { classes } = await countRun(folder, 'qemu:vlen=256');
  return classes.vectorLoadUnit + classes.vectorStoreUnit;
}

test('what is left out is neither loaded nor stored', async () => {
  const [all, kept] = [await vectorTransfers('conv_gemm'), await vectorTransfers('conv_gemm_kept')];
  // 32 strips of 8 positions, half a row, each of 90 or of 9 columns that are copied as one register group.
  expect(all - kept).toBe(32 * 2 * (90 - 9));
});
