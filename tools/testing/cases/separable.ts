import { conv2d, stepOperand, type Conv2dAttrs, type DepthwiseStage, type EpilogueStep } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

interface SeparableCase extends Partial<Omit<DepthwiseStage, 'weight'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly co: number;
  readonly kernel: readonly [number, number];
  /** Columns that are kept, where the 1x1 weight is pruned. */
  readonly kept?: number;
  /** Steps between both; their operands have an element for each channel, whatever index they say. */
  readonly between?: readonly EpilogueStep[];
  /** A bias, a picture that is added, and a relu behind both. */
  readonly residual?: boolean;
}

/** What stands between the two convolutions of MobileNet-V2. */
export const BOUNDED: readonly EpilogueStep[] = [
  { kind: 'bias', operand: 0 },
  { kind: 'clamp', min: 0, max: 6 },
];

/** Adds a 1x1 convolution with a depthwise stage. */
export function addSeparable(cases: CaseGraph, name: string, one: SeparableCase): void {
  const { x, co, kernel, kept, between = BOUNDED, residual = false } = one;
  const { strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1] } = one;
  const channels = x[1];
  const shape = [co, channels, 1, 1];
  const weight = kept === undefined ? cases.constant(shape) : cases.pruned(shape, { tileRows: 14, kept });
  const inputs = [cases.input(x), weight];
  const operand = (value: number): number => inputs.push(value) - 1;
  const depthwise = { strides, dilations, pads, weight: operand(cases.constant([channels, 1, ...kernel])) };
  const prologue = between.map((step) =>
    stepOperand(step) === undefined
      ? step
      : { ...step, operand: operand(cases.constant(step.kind === 'bias' ? [channels] : [1, channels, 1, 1])) },
  ) as readonly EpilogueStep[];
  const [height, width] = [0, 1].map((axis) => {
    const padded = (x[2 + axis] ?? 0) + (pads[axis] ?? 0) + (pads[2 + axis] ?? 0);
    return Math.floor((padded - ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) - 1) / (strides[axis] ?? 1)) + 1;
  });
  const epilogue: readonly EpilogueStep[] = residual
    ? [
        { kind: 'bias', operand: operand(cases.constant([co])) },
        { kind: 'add', operand: operand(cases.input([x[0], co, height ?? 1, width ?? 1])) },
        { kind: 'relu' },
      ]
    : [];
  const around = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1 } as const;
  const attrs: Conv2dAttrs = { ...around, epilogue, depthwise, prologue };
  cases.case(name, cases.builder.apply(conv2d, inputs, attrs, { name }));
}

/** Depthwise separable convolutions: windows, shapes, weights, and what stands between and behind. */
export const separables = new CaseGraph('separables');
const CASES: Readonly<Record<string, SeparableCase>> = {
  'odd positions': { x: [1, 19, 9, 11], co: 21, kernel: [3, 3] },
  'rows of a block': { x: [1, 24, 12, 32], co: 15, kernel: [3, 3], residual: true },
  'stride 2': { x: [1, 24, 15, 30], co: 9, kernel: [3, 3], strides: [2, 2] },
  'stride 2 of even rows': { x: [1, 18, 16, 32], co: 9, kernel: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  'stride 2 down': { x: [1, 10, 15, 13], co: 9, kernel: [3, 3], strides: [2, 1] },
  '5x5': { x: [1, 17, 13, 18], co: 14, kernel: [5, 5], pads: [2, 2, 2, 2] },
  '5x5, stride 2': { x: [1, 12, 14, 29], co: 14, kernel: [5, 5], strides: [2, 2], pads: [2, 2, 2, 2] },
  'any window': { x: [1, 9, 14, 15], co: 8, kernel: [3, 2], dilations: [2, 3], pads: [2, 1, 0, 3] },
  'any window, stride 3': { x: [1, 9, 16, 19], co: 8, kernel: [3, 3], strides: [3, 3] },
  'batch 3': { x: [3, 17, 7, 7], co: 19, kernel: [3, 3], residual: true },
  'fewer positions than a block': { x: [2, 33, 2, 2], co: 10, kernel: [3, 3] },
  'several rounds': { x: [1, 40, 28, 28], co: 24, kernel: [3, 3] },
  'several K blocks': { x: [1, 515, 9, 10], co: 31, kernel: [3, 3] },
  'several K blocks, pruned': { x: [1, 515, 9, 10], co: 31, kept: 201, kernel: [3, 3], residual: true },
  pruned: { x: [2, 37, 9, 6], co: 30, kept: 19, kernel: [3, 3] },
  'no steps between': { x: [1, 12, 9, 9], co: 8, kernel: [3, 3], between: [] },
  'scale, shift and silu between': {
    ...{ x: [1, 12, 9, 9], co: 8, kernel: [3, 3] },
    between: [{ kind: 'mul', operand: 0 }, { kind: 'add', operand: 0 }, { kind: 'silu' }],
  },
};
for (const [name, one] of Object.entries(CASES)) addSeparable(separables, name, one);
