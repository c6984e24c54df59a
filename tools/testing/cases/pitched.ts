import { conv2d, pool2d, type Conv2dAttrs, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

interface ChainLayer extends Partial<Pick<Conv2dAttrs, 'strides' | 'pads' | 'dilations' | 'groups'>> {
  readonly co: number;
  /** Default: 3x3. */
  readonly kernel?: readonly [number, number];
  /** Columns that are kept, where the weight is pruned, by so many rows together; default: 7. */
  readonly kept?: number;
  readonly tileRows?: number;
  /** Steps without operand behind the bias; default: relu. */
  readonly steps?: readonly EpilogueStep[];
  /** Adds the result that many layers back, which is as large, before the steps. */
  readonly residual?: number;
  /** The layer whose result it reads, counted as `residual` is; default: the one before. */
  readonly reads?: number;
}

interface Chain {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  /** What reads x: a pool, the first of the layers, or a 1x1 convolution to so many channels; default: a pool. */
  readonly from?: 'pool' | 'layer' | number;
  readonly layers: readonly ChainLayer[];
}

/** Adds convolutions that keep their pictures on a pitch, behind something that puts it there; the last result is the case's. */
export function addChain(cases: CaseGraph, name: string, { x, from: start = 'pool', layers }: Chain): void {
  const { builder } = cases;
  const around = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const;
  const pool = { mode: 'max', ...around, ceil: false, countIncludePad: false } as const;
  const input = cases.input(x);
  const results: ValueId[] = [
    start === 'pool' ? builder.apply(pool2d, [input], pool, { name: `pool of ${name}` }) : input,
  ];
  const back = (count: number): ValueId => results[results.length - count] ?? -1;
  const all =
    typeof start === 'number' ? [{ co: start, kernel: [1, 1], pads: [0, 0, 0, 0] } as const, ...layers] : layers;
  all.forEach((layer: ChainLayer, index) => {
    const { co, kernel = [3, 3], kept, tileRows = 7, residual, groups = 1, steps = [{ kind: 'relu' }] } = layer;
    const { strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1] } = layer;
    const from = back(layer.reads ?? 1);
    const shape = [co, (builder.type(from).shape[1] ?? 1) / groups, ...kernel];
    const weight = kept === undefined ? cases.constant(shape) : cases.pruned(shape, { tileRows, kept });
    const inputs = [from, weight, cases.constant([co])];
    const epilogue: EpilogueStep[] = [{ kind: 'bias', operand: 2 }];
    if (residual !== undefined) epilogue.push({ kind: 'add', operand: inputs.push(back(residual)) - 1 });
    const attrs: Conv2dAttrs = { strides, dilations, pads, groups, epilogue: [...epilogue, ...steps] };
    const last = index === all.length - 1;
    results.push(builder.apply(conv2d, inputs, attrs, { name: last ? name : `${index} of ${name}` }));
  });
  cases.case(name, back(1));
}

/** Runs of convolutions that can keep their pictures on a zero-padded pitch: shapes, windows, weights, residuals. */
export const pitchedChains = new CaseGraph('pitched chains');
const DOWN = { strides: [2, 2] } as const;
const ALONE = { kernel: [1, 1], pads: [0, 0, 0, 0] } as const;
const CHAINS: Readonly<Record<string, Chain>> = {
  'one layer': { x: [1, 5, 9, 11], layers: [{ co: 21 }] },
  'fewer positions than a block': { x: [1, 5, 3, 4], layers: [{ co: 9 }, { co: 6 }] },
  'rows as wide as a strip': { x: [1, 6, 8, 16], layers: [{ co: 17 }, { co: 13 }] },
  'rows wider than strips': { x: [1, 4, 7, 45], layers: [{ co: 15 }, { co: 8 }] },
  'a block with a residual': { x: [1, 10, 12, 13], layers: [{ co: 10 }, { co: 10, residual: 2 }, { co: 12 }] },
  'ending with a residual': { x: [1, 10, 12, 13], layers: [{ co: 10 }, { co: 10, residual: 2 }] },
  'ending with a residual, batch 2': { x: [2, 9, 5, 20], layers: [{ co: 9 }, { co: 9 }, { co: 9, residual: 3 }] },
  'ending with a residual at stride 2': {
    x: [1, 8, 12, 20],
    layers: [
      { co: 8 },
      { co: 12, ...DOWN },
      { co: 12, ...ALONE, ...DOWN, reads: 2, steps: [] },
      { co: 12, reads: 2, residual: 1 },
    ],
  },
  'a residual on its way to phases': {
    x: [2, 8, 12, 10],
    layers: [{ co: 8 }, { co: 8, residual: 2 }, { co: 12, ...DOWN }],
  },
  'batch 3': { x: [3, 7, 6, 7], layers: [{ co: 8 }, { co: 8 }, { co: 8, residual: 2 }, { co: 5 }] },
  'stride 2': { x: [1, 9, 12, 14], layers: [{ co: 11 }, { co: 16, ...DOWN }] },
  'stride 2, batch 2': { x: [2, 9, 8, 10], layers: [{ co: 11 }, { co: 16, ...DOWN }, { co: 9 }] },
  'stride 2 and a shortcut': {
    x: [1, 8, 16, 20],
    layers: [
      { co: 8 },
      { co: 8, residual: 2 },
      { co: 14, ...DOWN },
      { co: 14, ...ALONE, ...DOWN, reads: 2, steps: [] },
      { co: 14, reads: 2, residual: 1 },
      { co: 9 },
    ],
  },
  'stride 2, padded behind only': {
    x: [1, 6, 8, 12],
    layers: [{ co: 7 }, { co: 9, ...DOWN, pads: [0, 0, 1, 1] }, { co: 4 }],
  },
  '5x5 behind 3x3': { x: [1, 6, 11, 10], layers: [{ co: 9 }, { co: 8, kernel: [5, 5], pads: [2, 2, 2, 2] }] },
  '3x3 behind 5x5': {
    x: [1, 6, 11, 10],
    layers: [{ co: 9, kernel: [5, 5], pads: [2, 2, 2, 2] }, { co: 8 }, { co: 6 }],
  },
  '1x3 and 3x1': {
    x: [1, 6, 11, 10],
    layers: [
      { co: 9, kernel: [1, 3], pads: [0, 1, 0, 1] },
      { co: 8, kernel: [3, 1], pads: [1, 0, 1, 0] },
    ],
  },
  dilated: { x: [1, 6, 13, 12], layers: [{ co: 9, dilations: [2, 2], pads: [2, 2, 2, 2] }, { co: 5 }] },
  'no padding': {
    x: [1, 6, 9, 17],
    layers: [
      { co: 9, pads: [0, 0, 0, 0] },
      { co: 7, pads: [0, 0, 0, 0] },
    ],
  },
  groups: {
    x: [1, 8, 9, 10],
    layers: [
      { co: 12, groups: 2 },
      { co: 8, groups: 4 },
    ],
  },
  pruned: {
    x: [1, 10, 9, 10],
    layers: [
      { co: 21, kept: 33 },
      { co: 16, kept: 60 },
    ],
  },
  'pruned, stride 2': {
    x: [1, 10, 12, 10],
    layers: [
      { co: 21, kept: 33 },
      { co: 16, kept: 60, ...DOWN },
      { co: 8, kept: 40 },
    ],
  },
  'several K blocks': { x: [1, 150, 9, 8], layers: [{ co: 40 }, { co: 33 }] },
  'several K blocks, pruned': {
    x: [1, 150, 9, 8],
    layers: [
      { co: 140, kept: 700 },
      { co: 33, kept: 600 },
    ],
  },
  'from a stem': { x: [1, 3, 13, 18], from: 'layer', layers: [{ co: 17 }, { co: 9 }] },
  'from a stem of stride 2': {
    x: [1, 3, 13, 18],
    from: 'layer',
    layers: [{ co: 9, ...DOWN }, { co: 9 }, { co: 9, residual: 2 }, { co: 5 }],
  },
  'from windows kept together': { x: [1, 8, 9, 33], from: 'layer', layers: [{ co: 17 }, { co: 9 }] },
  'from windows kept together, batch 2': { x: [2, 8, 5, 18], from: 'layer', layers: [{ co: 17 }, { co: 9 }] },
  'from columns packed': { x: [1, 8, 11, 7], from: 'layer', layers: [{ co: 17 }, { co: 9 }] },
  'from columns packed, to phases': {
    x: [2, 8, 10, 6],
    from: 'layer',
    layers: [{ co: 17 }, { co: 9, ...DOWN }, { co: 7 }],
  },
  'from groups': { x: [1, 8, 11, 9], from: 'layer', layers: [{ co: 16, groups: 2 }, { co: 9 }] },
  'from a pruned layer': {
    x: [1, 8, 11, 20],
    from: 'layer',
    layers: [
      { co: 21, kept: 30 },
      { co: 9, kept: 90 },
    ],
  },
  'from 1x1': { x: [1, 19, 11, 9], from: 14, layers: [{ co: 9 }] },
  'from 1x1, to phases': { x: [2, 19, 8, 6], from: 14, layers: [{ co: 9, ...DOWN }, { co: 5 }] },
  'from 1x1 in several K blocks': { x: [1, 700, 9, 10], from: 40, layers: [{ co: 9 }] },
  'a step with temporaries': {
    x: [1, 6, 9, 10],
    layers: [
      { co: 9, steps: [{ kind: 'silu' }] },
      { co: 8, steps: [{ kind: 'gelu', approximate: false }] },
    ],
  },
};
for (const [name, chain] of Object.entries(CHAINS)) addChain(pitchedChains, name, chain);

/** Runs of which not all pictures can lie on a pitch. */
export const partlyPitched = new CaseGraph('partly pitched');
const NO_PADDING = { pads: [0, 0, 0, 0] } as const;
addChain(partlyPitched, 'a residual with fewer positions than the picture', {
  x: [1, 6, 9, 17],
  layers: [{ co: 8, ...NO_PADDING }, { co: 8 }, { co: 8, ...NO_PADDING, reads: 3, residual: 1 }, { co: 5 }],
});
addChain(partlyPitched, 'a depthwise layer between', {
  x: [1, 6, 9, 17],
  layers: [{ co: 8 }, { co: 8 }, { co: 8, groups: 8 }, { co: 8 }, { co: 5 }],
});
