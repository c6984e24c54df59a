import { conv2d, elementwise, stepOperand, type Conv2dAttrs, type EpilogueStep } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';

interface PrologueCase extends Partial<Pick<Conv2dAttrs, 'groups' | 'epilogue'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly co: number;
  /** Columns that are kept, where the weight is pruned. */
  readonly kept?: number;
  readonly prologue: readonly EpilogueStep[];
}

/** The scale, shift and activation of a batch normalisation in front of a convolution. */
export const NORMALISE: readonly EpilogueStep[] = [
  { kind: 'mul', operand: 1 },
  { kind: 'add', operand: 2 },
  { kind: 'relu' },
];

/** Adds an elementwise node that alone feeds a 1x1 convolution; its operands have an element for each channel. */
export function addPrologue(cases: CaseGraph, name: string, one: PrologueCase): void {
  const { x, co, kept, prologue, groups = 1, epilogue = [] } = one;
  const operands = prologue
    .filter((step) => stepOperand(step) !== undefined)
    .map(() => cases.constant([1, x[1], 1, 1]));
  const attrs: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups, epilogue };
  const shape = [co, x[1] / groups, 1, 1];
  const weight = kept === undefined ? cases.constant(shape) : cases.pruned(shape, { tileRows: 14, kept });
  const before = cases.builder.apply(
    elementwise,
    [cases.input(x), ...operands],
    { epilogue: prologue },
    { name: `${name} steps` },
  );
  const after = epilogue.map((step) =>
    step.kind === 'bias' ? cases.constant([co]) : cases.input([x[0], co, x[2], x[3]]),
  );
  cases.case(name, cases.builder.apply(conv2d, [before, weight, ...after], attrs, { name }));
}

/** 1x1 convolutions behind steps of their input: shapes, weights, what follows, and every step. */
export const prologues = new CaseGraph('prologues');
const SHAPES: Readonly<Record<string, PrologueCase>> = {
  'odd positions': { x: [1, 6, 7, 11], co: 19, prologue: NORMALISE },
  'batch 3': { x: [3, 17, 5, 7], co: 9, prologue: NORMALISE },
  'fewer positions than a block': { x: [2, 33, 1, 1], co: 10, prologue: NORMALISE },
  'several K blocks': { x: [1, 515, 4, 9], co: 31, prologue: NORMALISE },
  'several K blocks, pruned': { x: [1, 515, 4, 9], co: 31, kept: 201, prologue: NORMALISE },
  pruned: { x: [2, 37, 9, 5], co: 30, kept: 19, prologue: NORMALISE },
  groups: { x: [1, 24, 6, 7], co: 18, groups: 3, prologue: NORMALISE },
  residual: {
    x: [1, 13, 8, 9],
    co: 21,
    prologue: NORMALISE,
    epilogue: [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }],
  },
  'activation alone': { x: [1, 9, 6, 6], co: 8, prologue: [{ kind: 'relu' }] },
  'scale alone': { x: [1, 9, 6, 6], co: 8, prologue: [{ kind: 'mul', operand: 1 }] },
};
for (const [name, one] of Object.entries(SHAPES)) addPrologue(prologues, name, one);
for (const step of UNARY_STEPS) addPrologue(prologues, stepName(step), { x: [1, 7, 5, 9], co: 6, prologue: [step] });
