import { conv2d, matmul, type Conv2dAttrs, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';

interface PrunedConv extends Partial<Omit<Conv2dAttrs, 'epilogue'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly co: number;
  readonly k: readonly [number, number];
  readonly t: number;
  readonly kept: number;
  readonly epilogue?: readonly EpilogueStep[];
}

function addConv(cases: CaseGraph, name: string, one: PrunedConv, operands: readonly ValueId[] = []): void {
  const { x, co, k, t, kept, epilogue = [], ...given } = one;
  const groups = given.groups ?? 1;
  const attrs: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], ...given, groups, epilogue };
  const weight = cases.pruned([co, x[1] / groups, ...k], { tileRows: t, kept });
  cases.case(name, cases.builder.apply(conv2d, [cases.input(x), weight, ...operands], attrs, { name }));
}

const shapes = new CaseGraph('pruned shapes');
const CONVOLUTIONS: Readonly<Record<string, PrunedConv>> = {
  '1x1': { x: [1, 10, 7, 9], co: 16, k: [1, 1], t: 8, kept: 5 },
  '1x1, remainder tile, batch 3': { x: [3, 16, 5, 5], co: 17, k: [1, 1], t: 7, kept: 4 },
  '1x1, one kept column': { x: [1, 9, 6, 6], co: 15, k: [1, 1], t: 15, kept: 1 },
  '1x1, nothing pruned': { x: [1, 6, 6, 6], co: 9, k: [1, 1], t: 4, kept: 6 },
  '1x1, wide enough for 32-bit offsets': { x: [2, 40, 33, 35], co: 6, k: [1, 1], t: 3, kept: 17 },
  '1x1, stride 2': { x: [2, 8, 9, 7], co: 16, k: [1, 1], strides: [2, 2], t: 8, kept: 3 },
  '3x3': { x: [1, 3, 13, 17], co: 8, k: [3, 3], pads: [1, 1, 1, 1], t: 4, kept: 13 },
  '3x3, one tile': { x: [1, 5, 9, 9], co: 5, k: [3, 3], pads: [1, 1, 1, 1], t: 31, kept: 20 },
  '3x3 stride 2, batch 2': { x: [2, 6, 11, 12], co: 9, k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], t: 7, kept: 27 },
  '3x3 dilation 2': { x: [1, 4, 12, 10], co: 7, k: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2], t: 2, kept: 9 },
  '3x3 uneven pads and strides': {
    x: [1, 4, 8, 9],
    co: 5,
    k: [3, 3],
    pads: [0, 2, 1, 0],
    strides: [3, 1],
    t: 1,
    kept: 11,
  },
  '7x7 stem': { x: [1, 3, 23, 21], co: 16, k: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3], t: 8, kept: 40 },
  '5x1': { x: [1, 4, 9, 8], co: 6, k: [5, 1], pads: [2, 0, 2, 0], t: 6, kept: 7 },
  'window as large as the input': { x: [2, 4, 6, 6], co: 6, k: [6, 6], t: 5, kept: 72 },
  '2 groups': { x: [1, 8, 9, 9], co: 16, k: [3, 3], groups: 2, pads: [1, 1, 1, 1], t: 4, kept: 18 },
  '4 groups of 1x1': { x: [2, 16, 5, 6], co: 24, k: [1, 1], groups: 4, t: 3, kept: 2 },
  'depth beyond 16-bit offsets': { x: [1, 150, 5, 5], co: 9, k: [3, 3], pads: [1, 1, 1, 1], t: 8, kept: 337 },
  'wide positions': { x: [1, 4, 3, 260], co: 3, k: [3, 3], pads: [1, 1, 1, 1], t: 3, kept: 18 },
};
for (const [name, one] of Object.entries(CONVOLUTIONS)) addConv(shapes, name, one);

for (const [name, m, k, n, t, kept, attrs] of [
  ['one position', 1, 40, 30, 8, 20, {}],
  ['one position, tiles wider than a register', 1, 33, 100, 24, 11, {}],
  ['several positions', 9, 24, 21, 7, 6, {}],
  ['weight stored [K, N]', 3, 12, 10, 4, 5, { transB: false }],
  ['input stored [K, M]', 5, 12, 11, 4, 7, { transA: true }],
  ['tile of one output', 4, 8, 5, 1, 3, {}],
  ['many positions', 37, 60, 45, 14, 21, {}],
  ['many positions in K blocks', 21, 700, 40, 14, 350, {}],
  ['many positions, several rounds', 70, 260, 1000, 7, 26, {}],
  ['many positions, weight stored [K, N]', 24, 50, 33, 6, 20, { transB: false }],
  ['positions that a vector of positions would leave empty', 6, 90, 33, 14, 40, {}],
  ['outputs of several vectors a tile', 5, 40, 130, 64, 7, {}],
] as const) {
  const { transA, transB } = { transA: false, transB: true, ...attrs };
  const rowAxis = transB ? 0 : 1;
  const weight = shapes.pruned(transB ? [n, k] : [k, n], { tileRows: t, kept, rowAxis });
  const inputs = [shapes.input(transA ? [k, m] : [m, k]), weight];
  const label = `linear, ${name}`;
  shapes.case(label, shapes.builder.apply(matmul, inputs, { transA, transB, epilogue: [] }, { name: label }));
}
const stack = [shapes.input([2, 3, 10]), shapes.pruned([6, 10], { tileRows: 2, kept: 4 })];
shapes.case(
  'linear, stacked',
  shapes.builder.apply(matmul, stack, { transA: false, transB: true, epilogue: [] }, { name: 'stacked' }),
);
checkCases('layers with column-wise N:M weights', shapes);

const epilogues = new CaseGraph('pruned epilogues');
const BODIES: Readonly<Record<string, PrunedConv>> = {
  gemm: { x: [2, 6, 5, 7], co: 9, k: [1, 1], t: 4, kept: 3 },
  conv_gemm: { x: [1, 5, 8, 7], co: 9, k: [3, 3], pads: [1, 1, 1, 1], t: 8, kept: 22 },
};
const STEPS: Readonly<Record<string, readonly EpilogueStep[]>> = {
  'bias, residual, relu': [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }],
  'bias, clamp': [
    { kind: 'bias', operand: 2 },
    { kind: 'clamp', min: 0, max: 6 },
  ],
  silu: [{ kind: 'silu' }],
  'hard-swish, residual': [{ kind: 'hardSwish' }, { kind: 'add', operand: 3 }],
  gelu: [{ kind: 'gelu', approximate: false }],
};
for (const [kernel, body] of Object.entries(BODIES)) {
  for (const [name, epilogue] of Object.entries(STEPS)) {
    const operands = [epilogues.constant([9]), epilogues.input([body.x[0], 9, body.x[2], body.x[3]])];
    addConv(epilogues, `${kernel} ${name}`, { ...body, epilogue }, operands);
  }
}
for (const [name, epilogue] of Object.entries(STEPS)) {
  for (const positions of [1, 5, 35]) {
    const label = `linear ${name}, ${positions} positions`;
    const inputs = [epilogues.input([positions, 96]), epilogues.pruned([37, 96], { tileRows: 14, kept: 25 })];
    const operands = [epilogues.constant([37]), epilogues.input([positions, 37])];
    const attrs = { transA: false, transB: true, epilogue };
    epilogues.case(label, epilogues.builder.apply(matmul, [...inputs, ...operands], attrs, { name: label }));
  }
}
checkCases('epilogues of pruned layers', epilogues, { tolerance: 4e-6 });
