import {
  conv2d,
  fromNumbers,
  type Conv2dAttrs,
  type EpilogueStep,
  type Graph,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { randomInputs } from '../tensors.js';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';

interface ConvCase extends Partial<Omit<Conv2dAttrs, 'epilogue'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly co: number;
  readonly k: readonly [number, number];
  readonly epilogue?: readonly EpilogueStep[];
}

function addConv(cases: CaseGraph, name: string, one: ConvCase, operands: readonly ValueId[] = []): void {
  const { x, co, k, epilogue = [], ...given } = one;
  const groups = given.groups ?? 1;
  const attrs: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], ...given, groups, epilogue };
  const input = cases.input(x);
  const weight = cases.constant([co, x[1] / groups, ...k]);
  cases.case(name, cases.builder.apply(conv2d, [input, weight, ...operands], attrs, { name }));
}

/** Windows, strides, dilations, pads and groups of convolutions. */
export const convolutionWindows = new CaseGraph('shapes');
const WINDOWS: Readonly<Record<string, ConvCase>> = {
  '1x1': { x: [1, 5, 7, 9], co: 11, k: [1, 1] },
  '1x1 batch 3': { x: [3, 16, 5, 5], co: 17, k: [1, 1] },
  '1x1 one position': { x: [1, 33, 1, 1], co: 10, k: [1, 1] },
  '1x1 stride 2': { x: [2, 8, 9, 7], co: 16, k: [1, 1], strides: [2, 2] },
  '3x3': { x: [1, 3, 13, 17], co: 8, k: [3, 3], pads: [1, 1, 1, 1] },
  '3x3 stride 2': { x: [2, 6, 11, 12], co: 9, k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  '7x7 stride 2, even rows of a batch': { x: [2, 3, 20, 34], co: 9, k: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] },
  '3x3 dilation 2': { x: [1, 4, 12, 10], co: 7, k: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2] },
  '3x3 uneven pads': { x: [1, 4, 8, 9], co: 5, k: [3, 3], pads: [0, 2, 1, 0] },
  '3x3 uneven strides': { x: [1, 4, 12, 13], co: 5, k: [3, 3], strides: [3, 1], pads: [1, 1, 1, 1] },
  '7x7 stem': { x: [1, 3, 23, 21], co: 16, k: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] },
  '5x1': { x: [1, 4, 9, 8], co: 6, k: [5, 1], pads: [2, 0, 2, 0] },
  '1x4': { x: [1, 4, 9, 8], co: 6, k: [1, 4] },
  'window as large as the input': { x: [2, 4, 6, 6], co: 6, k: [6, 6] },
  'pads wider than the window': { x: [1, 2, 3, 3], co: 3, k: [2, 2], pads: [4, 4, 4, 4] },
  '2 groups': { x: [1, 8, 9, 9], co: 6, k: [3, 3], groups: 2, pads: [1, 1, 1, 1] },
  '4 groups of 1x1': { x: [2, 16, 5, 6], co: 20, k: [1, 1], groups: 4 },
  'groups with stride': { x: [1, 12, 10, 9], co: 15, k: [3, 3], groups: 3, strides: [2, 2] },
  'one channel': { x: [1, 1, 19, 19], co: 1, k: [3, 3] },
  'wide positions': { x: [1, 4, 3, 260], co: 3, k: [3, 3], pads: [1, 1, 1, 1] },
};
for (const [name, one] of Object.entries(WINDOWS)) addConv(convolutionWindows, name, one);

/** Convolutions with one input channel a group. */
export const depthwiseWindows = new CaseGraph('depthwise');
const DEPTHWISE: Readonly<Record<string, ConvCase>> = {
  '3x3': { x: [1, 7, 9, 11], co: 7, groups: 7, k: [3, 3], pads: [1, 1, 1, 1] },
  '3x3 stride 2': { x: [2, 5, 12, 13], co: 5, groups: 5, k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  '5x5': { x: [1, 3, 14, 9], co: 3, groups: 3, k: [5, 5], pads: [2, 2, 2, 2] },
  '7x7 stride 3': { x: [1, 2, 21, 22], co: 2, groups: 2, k: [7, 7], strides: [3, 3], pads: [3, 3, 3, 3] },
  'dilation 3': { x: [1, 4, 15, 14], co: 4, groups: 4, k: [3, 3], dilations: [3, 3], pads: [3, 3, 3, 3] },
  'channel multiplier 2': { x: [1, 4, 8, 8], co: 8, groups: 4, k: [3, 3], pads: [1, 1, 1, 1] },
  'channel multiplier 3, stride 2': { x: [2, 2, 9, 9], co: 6, groups: 2, k: [3, 3], strides: [2, 2] },
  'windows apart': { x: [1, 18, 31, 33], co: 18, groups: 18, k: [1, 1], strides: [2, 2] },
  'windows far apart': { x: [1, 18, 31, 35], co: 18, groups: 18, k: [2, 1], strides: [4, 3] },
  '1x1 scale': { x: [1, 6, 5, 5], co: 6, groups: 6, k: [1, 1] },
  '2x4 uneven': { x: [1, 3, 10, 12], co: 3, groups: 3, k: [2, 4], strides: [1, 2], pads: [1, 0, 0, 3] },
  'rows longer than a register group': { x: [1, 2, 3, 300], co: 2, groups: 2, k: [3, 3], pads: [1, 1, 1, 1] },
  'output narrower than the pads': { x: [1, 2, 2, 2], co: 2, groups: 2, k: [3, 3], pads: [2, 2, 2, 2] },
  'channels and rows of several tasks': { x: [2, 37, 19, 16], co: 37, groups: 37, k: [3, 3], pads: [1, 1, 1, 1] },
  'stride 2 of even rows': { x: [1, 37, 30, 28], co: 37, groups: 37, k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  '5x5 stride 2 of small pictures': {
    x: [2, 35, 7, 7],
    co: 35,
    groups: 35,
    k: [5, 5],
    strides: [2, 2],
    pads: [2, 2, 2, 2],
  },
  'lines between windows': { x: [1, 3, 17, 13], co: 3, groups: 3, k: [2, 2], strides: [4, 3], pads: [3, 1, 5, 2] },
};
for (const [name, one] of Object.entries(DEPTHWISE)) addConv(depthwiseWindows, name, one);

/** Every epilogue step on a convolution, and operands of every place. */
export const convolutionEpilogues = new CaseGraph('epilogues');
const BODIES: Readonly<Record<string, ConvCase>> = {
  gemm: { x: [2, 6, 5, 7], co: 9, k: [1, 1] },
  conv_gemm: { x: [1, 5, 8, 7], co: 9, k: [3, 3], pads: [1, 1, 1, 1] },
  depthwise: { x: [1, 9, 8, 7], co: 9, groups: 9, k: [3, 3], pads: [1, 1, 1, 1] },
};
/** The steps are the same functions in every kernel: all of them in one, a sample in the others. */
const SAMPLE = new Set(['relu', 'clamp', 'leakyRelu', 'silu', 'gelu', 'add', 'mul']);
for (const [kernel, body] of Object.entries(BODIES)) {
  const chosen = ({ kind }: { readonly kind: string }): boolean => kernel === 'gemm' || SAMPLE.has(kind);
  for (const step of UNARY_STEPS.filter(chosen))
    addConv(convolutionEpilogues, `${kernel} ${stepName(step)}`, { ...body, epilogue: [step] });
  const [n, , h, w] = body.x;
  const bias = convolutionEpilogues.constant([9]);
  const result = (): ValueId => convolutionEpilogues.input([n, 9, h, w]);
  addConv(convolutionEpilogues, `${kernel} bias`, { ...body, epilogue: [{ kind: 'bias', operand: 2 }] }, [bias]);
  addConv(
    convolutionEpilogues,
    `${kernel} bias, residual, relu`,
    { ...body, epilogue: [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }] },
    [bias, result()],
  );
  for (const kind of ['add', 'sub', 'rsub', 'mul', 'min', 'max', 'div'] as const) {
    if (!chosen({ kind })) continue;
    const low = kind === 'div' ? 0.5 : -1;
    const places = {
      lane: result(),
      channel: convolutionEpilogues.constant([9, 1, 1], low),
      scalar: convolutionEpilogues.constant([1], low),
    };
    for (const [place, operand] of Object.entries(places)) {
      // Quotients by results near zero have no useful error bound.
      if (kind === 'div' && place === 'lane') continue;
      addConv(convolutionEpilogues, `${kernel} ${kind} ${place}`, { ...body, epilogue: [{ kind, operand: 2 }] }, [
        operand,
      ]);
    }
  }
  addConv(
    convolutionEpilogues,
    `${kernel} hard-swish then residual then clamp`,
    {
      ...body,
      epilogue: [{ kind: 'hardSwish' }, { kind: 'add', operand: 2 }, { kind: 'clamp', min: -0.5, max: 0.5 }],
    },
    [result()],
  );
}

/** Bounds on results that are far beyond them, infinite, or no numbers. */
export const convolutionBounds = new CaseGraph('bounds');
for (const [kernel, body] of Object.entries(BODIES)) {
  for (const step of [{ kind: 'relu' }, { kind: 'clamp', min: 0, max: 6 }, { kind: 'clamp', min: -2, max: 3 }] as const)
    addConv(convolutionBounds, `${kernel} ${stepName(step)}`, { ...body, epilogue: [step] });
}

/** Inputs for them: one element in a few is odd. */
export function oddInputs(graph: Graph): ReadonlyMap<string, Tensor> {
  const odd = [NaN, Infinity, -Infinity, -0, 1e30, -1e30];
  return new Map(
    [...randomInputs(graph)].map(([name, { shape, data }]) => {
      const values = Array.from({ length: data.length }, (_, i) =>
        i % 11 === 0 ? (odd[(i / 11) % odd.length] ?? 0) : 20 * Number(data[i]),
      );
      return [name, fromNumbers('f32', shape, values)];
    }),
  );
}
