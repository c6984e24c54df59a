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
  | { readonly kind: 'elu'; readonly alpha: number }
  | { readonly kind: 'celu'; readonly alpha: number }
  | { readonly kind: 'thresholdedRelu'; readonly alpha: number }
  | { readonly kind: 'selu'; readonly alpha: number; readonly gamma: number }
  | { readonly kind: 'hardSigmoid'; readonly alpha: number; readonly beta: number }
  | { readonly kind: 'gelu'; readonly approximate: boolean };

/** `x ∘ y`; the r-forms swap the operands. `fmod` has the sign of x, `mod` that of y. */
export type BinaryFunction =
  'add' | 'sub' | 'rsub' | 'mul' | 'div' | 'rdiv' | 'min' | 'max' | 'pow' | 'fmod' | 'prelu' | WholeFunction;

/** Functions of whole numbers and truth values only; `and`, `or` and `xor` work on every bit. */
export type WholeFunction = 'mod' | 'and' | 'or' | 'xor';

/** Functions of `x` without parameters. */
export type PlainFunction =
  | 'relu'
  | 'sigmoid'
  | 'hardSwish'
  | 'silu'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'mish'
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'erf'
  | 'sin'
  | 'cos'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'not';

export type StepKind = EpilogueStep['kind'];

/** What a step means; it can be applied to the kinds of numbers that have a meaning. */
export interface StepDef<S extends EpilogueStep> {
  /** Reads a second operand. */
  readonly binary: boolean;
  /** Meaning on real numbers. `y` is the operand, 0 for unary steps. */
  readonly meaning?: (step: S) => (x: number, y: number) => number;
  /** Meaning on whole numbers, exact; whoever applies it wraps the result to the element type. */
  readonly whole?: (x: bigint, y: bigint) => bigint;
}

type Real = (x: number, y: number) => number;
type Whole = (x: bigint, y: bigint) => bigint;

const unary = (real: (x: number) => number) => ({ binary: false, meaning: () => real }) as const;
const binary = (real: Real) => ({ binary: true, meaning: () => real }) as const;
/** Defined on real and whole numbers. */
const unaryBoth = (real: (x: number) => number, whole: (x: bigint) => bigint) => ({ ...unary(real), whole }) as const;
const binaryBoth = (real: Real, whole: Whole) => ({ ...binary(real), whole }) as const;
const binaryWhole = (whole: Whole) => ({ binary: true, whole }) as const;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const geluTanh = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const geluErf = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));
const add = binaryBoth(
  (x, y) => x + y,
  (x, y) => x + y,
);
// Division by zero gives −1 and leaves x, as the vector unit does; ONNX leaves it open.
const quotient: Whole = (x, y) => (y === 0n ? -1n : x / y);
const remainder: Whole = (x, y) => (y === 0n ? x : x % y);

/** One row per step: a new activation is one row here, one C function, and works in every kernel. */
export const STEPS = {
  bias: add,
  add,
  sub: binaryBoth(
    (x, y) => x - y,
    (x, y) => x - y,
  ),
  rsub: binaryBoth(
    (x, y) => y - x,
    (x, y) => y - x,
  ),
  mul: binaryBoth(
    (x, y) => x * y,
    (x, y) => x * y,
  ),
  div: binaryBoth((x, y) => x / y, quotient),
  rdiv: binaryBoth(
    (x, y) => y / x,
    (x, y) => quotient(y, x),
  ),
  min: binaryBoth(
    (x, y) => (Number.isNaN(x) ? x : Math.min(x, y)),
    (x, y) => (x < y ? x : y),
  ),
  max: binaryBoth(
    (x, y) => (Number.isNaN(x) ? x : Math.max(x, y)),
    (x, y) => (x > y ? x : y),
  ),
  pow: binaryBoth((x, y) => power(x, y), wholePower),
  mod: binaryWhole((x, y) => (y === 0n ? x : ((x % y) + y) % y)),
  fmod: binaryBoth((x, y) => x % y, remainder),
  and: binaryWhole((x, y) => x & y),
  or: binaryWhole((x, y) => x | y),
  xor: binaryWhole((x, y) => x ^ y),
  prelu: binary((x, y) => (x < 0 ? x * y : x)),
  relu: unary((x) => (x < 0 ? 0 : x)),
  sigmoid: unary(sigmoid),
  hardSwish: unary((x) => x * Math.min(1, Math.max(0, x / 6 + 0.5))),
  silu: unary((x) => x * sigmoid(x)),
  tanh: unary(Math.tanh),
  softplus: unary(softplus),
  softsign: unary((x) => x / (1 + Math.abs(x))),
  mish: unary((x) => x * Math.tanh(softplus(x))),
  neg: unaryBoth(
    (x) => -x,
    (x) => -x,
  ),
  abs: unaryBoth(Math.abs, (x) => (x < 0n ? -x : x)),
  sign: unaryBoth(Math.sign, (x) => (x < 0n ? -1n : x > 0n ? 1n : 0n)),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  reciprocal: unary((x) => 1 / x),
  erf: unary(erf),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  round: unary(roundToEven),
  // "Is zero": on truth values the negation.
  not: { binary: false, whole: (x) => (x === 0n ? 1n : 0n) },
  clamp: {
    binary: false,
    meaning: (step) => (x) => (x < step.min ? step.min : x > step.max ? step.max : x),
  },
  leakyRelu: { binary: false, meaning: (step) => (x) => (x < 0 ? step.alpha * x : x) },
  elu: { binary: false, meaning: (step) => (x) => (x < 0 ? step.alpha * Math.expm1(x) : x) },
  selu: {
    binary: false,
    meaning: (step) => (x) => step.gamma * (x < 0 ? step.alpha * Math.expm1(x) : x),
  },
  celu: { binary: false, meaning: (step) => (x) => (x < 0 ? step.alpha * Math.expm1(x / step.alpha) : x) },
  thresholdedRelu: { binary: false, meaning: (step) => (x) => (x <= step.alpha ? 0 : x) },
  hardSigmoid: {
    binary: false,
    meaning: (step) => (x) => Math.min(1, Math.max(0, step.alpha * x + step.beta)),
  },
  gelu: { binary: false, meaning: (step) => (step.approximate ? geluTanh : geluErf) },
} as const satisfies { readonly [K in StepKind]: StepDef<Extract<EpilogueStep, { kind: K }>> };

/** As C's pow: 1 to any power and anything to the power of 0 are 1, which JavaScript denies for NaN. */
function power(x: number, y: number): number {
  return x === 1 ? 1 : x ** y;
}

/** Modulo 2^64, so that no power takes long; a negative exponent leaves the whole part of the quotient. */
function wholePower(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  for (let base = x, rest = y; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}

function roundToEven(x: number): number {
  const rounded = Math.round(x);
  const result = Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  // −0.4 rounds to −0.
  return result === 0 ? (x < 0 || Object.is(x, -0) ? -0 : 0) : result;
}
