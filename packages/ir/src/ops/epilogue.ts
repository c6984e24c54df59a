import { fail } from '../diagnostics/diagnostic.js';
import { broadcastShapes, elementCount, sameShape, type Shape } from '../core/shape.js';
import type { Tensor, TensorType } from '../core/tensor.js';
import { broadcastReader } from './indexing.js';
import { erf } from './math.js';

/**
 * One elementwise step on the running value `x`. A list of steps is the epilogue of a convolution or matrix
 * product, and the whole body of an `elementwise` node: one mechanism for bias, residual, activation and chains.
 *
 * Steps with an `operand` read the node input of that index; `bias` reads a vector along the channel axis, the
 * binary functions broadcast their operand to the result's shape.
 */
export type EpilogueStep =
  | { readonly kind: 'bias'; readonly operand: number }
  | { readonly kind: BinaryFunction; readonly operand: number }
  | { readonly kind: PlainFunction }
  | { readonly kind: 'clamp'; readonly min: number; readonly max: number }
  | { readonly kind: 'leakyRelu'; readonly alpha: number }
  | { readonly kind: 'hardSigmoid'; readonly alpha: number; readonly beta: number }
  | { readonly kind: 'gelu'; readonly approximate: boolean };

/** `x ∘ y`; the r-forms swap the operands. */
export type BinaryFunction = 'add' | 'sub' | 'rsub' | 'mul' | 'div' | 'rdiv' | 'min' | 'max' | 'pow';

/** Functions of `x` without parameters. */
export type PlainFunction =
  | 'relu'
  | 'sigmoid'
  | 'hardSwish'
  | 'silu'
  | 'tanh'
  | 'neg'
  | 'abs'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'erf'
  | 'floor'
  | 'ceil';

export type StepKind = EpilogueStep['kind'];

interface StepDef<S extends EpilogueStep> {
  /** Reads a second operand. */
  readonly binary: boolean;
  /** Meaning on real numbers. `y` is the operand, 0 for unary steps. */
  readonly meaning: (step: S) => (x: number, y: number) => number;
}

const plain = (meaning: (x: number) => number): StepDef<EpilogueStep> => ({
  binary: false,
  meaning: () => meaning,
});
const binary = (meaning: (x: number, y: number) => number): StepDef<EpilogueStep> => ({
  binary: true,
  meaning: () => meaning,
});
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const geluErf = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));

/** One row per step: a new activation is one row here, one C function, and works in every kernel. */
export const STEPS = {
  bias: binary((x, y) => x + y),
  add: binary((x, y) => x + y),
  sub: binary((x, y) => x - y),
  rsub: binary((x, y) => y - x),
  mul: binary((x, y) => x * y),
  div: binary((x, y) => x / y),
  rdiv: binary((x, y) => y / x),
  min: binary((x, y) => (Number.isNaN(x) ? x : Math.min(x, y))),
  max: binary((x, y) => (Number.isNaN(x) ? x : Math.max(x, y))),
  pow: binary((x, y) => x ** y),
  relu: plain((x) => (x < 0 ? 0 : x)),
  sigmoid: plain(sigmoid),
  hardSwish: plain((x) => x * Math.min(1, Math.max(0, x / 6 + 0.5))),
  silu: plain((x) => x * sigmoid(x)),
  tanh: plain(Math.tanh),
  neg: plain((x) => -x),
  abs: plain(Math.abs),
  exp: plain(Math.exp),
  log: plain(Math.log),
  sqrt: plain(Math.sqrt),
  reciprocal: plain((x) => 1 / x),
  erf: plain(erf),
  floor: plain(Math.floor),
  ceil: plain(Math.ceil),
  clamp: {
    binary: false,
    meaning: (step) => (x) => (x < step.min ? step.min : x > step.max ? step.max : x),
  },
  leakyRelu: { binary: false, meaning: (step) => (x) => (x < 0 ? step.alpha * x : x) },
  hardSigmoid: {
    binary: false,
    meaning: (step) => (x) => Math.min(1, Math.max(0, step.alpha * x + step.beta)),
  },
  gelu: { binary: false, meaning: (step) => (step.approximate ? geluTanh : geluErf) },
} as const satisfies { readonly [K in StepKind]: StepDef<Extract<EpilogueStep, { kind: K }>> };

/** The node input a step reads, or undefined for a unary step. */
export function stepOperand(step: EpilogueStep): number | undefined {
  return 'operand' in step ? step.operand : undefined;
}

/** The binary function with its operands exchanged; undefined where there is none. */
export function exchangedStep(kind: StepKind): BinaryFunction | undefined {
  return EXCHANGED[kind];
}

const EXCHANGED: Partial<Record<StepKind, BinaryFunction>> = {
  add: 'add',
  mul: 'mul',
  sub: 'rsub',
  rsub: 'sub',
  div: 'rdiv',
  rdiv: 'div',
};

/** The same step reading another node input. */
export function withOperand(step: EpilogueStep, operand: number): EpilogueStep {
  return 'operand' in step ? { ...step, operand } : step;
}

/** Checks operands against the result they are applied to: in range, same dtype, broadcastable without growing it. */
export function checkEpilogue(
  steps: readonly EpilogueStep[],
  inputs: readonly TensorType[],
  result: TensorType,
  channelAxis: number,
  where: string,
): void {
  for (const step of steps) {
    const index = stepOperand(step);
    if (index === undefined) continue;
    const operand = inputs[index];
    if (operand === undefined)
      fail('AIT2102', `step ${step.kind} reads input ${index}, which does not exist`, { where });
    if (operand.dtype !== result.dtype) {
      fail('AIT2101', `step ${step.kind} mixes ${result.dtype} with ${operand.dtype}`, { where });
    }
    const fits =
      step.kind === 'bias'
        ? sameShape(operand.shape, [result.shape[channelAxis] ?? 1])
        : sameShape(broadcastShapes(result.shape, operand.shape) ?? [-1], result.shape);
    if (!fits) {
      const message = `operand [${operand.shape.join(',')}] of step ${step.kind} does not fit the result`;
      fail('AIT2101', `${message} [${result.shape.join(',')}]`, { where });
    }
  }
}

/** Applies the steps in order to `values` (row-major, of `shape`), in place and in double precision. */
export function applyEpilogue(
  values: Float64Array,
  shape: Shape,
  steps: readonly EpilogueStep[],
  inputs: readonly Tensor[],
  channelAxis: number,
): void {
  for (const step of steps) {
    const apply = (STEPS[step.kind] as StepDef<EpilogueStep>).meaning(step);
    const index = stepOperand(step);
    if (index === undefined) {
      for (let i = 0; i < values.length; i++) values[i] = apply(values[i] ?? 0, 0);
      continue;
    }
    const operand = inputs[index];
    if (operand === undefined) throw new Error(`step ${step.kind}: no input ${index}`);
    const aligned = step.kind === 'bias' ? channelShape(shape, channelAxis) : operand.shape;
    const at = broadcastReader(aligned, shape);
    const data = operand.data as Float32Array;
    for (let i = 0; i < values.length; i++) values[i] = apply(values[i] ?? 0, Number(data[at(i)]));
  }
}

function channelShape(shape: Shape, channelAxis: number): Shape {
  return shape.map((extent, axis) => (axis === channelAxis ? extent : 1));
}

/** Elements of the result, for callers that allocate it. */
export function resultBuffer(shape: Shape): Float64Array {
  return new Float64Array(elementCount(shape));
}
