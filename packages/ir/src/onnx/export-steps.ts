import type { EpilogueStep, StepKind } from '../ops/steps.js';
import { float, type NodeWriter } from './node-writer.js';

/** One step on its way out: the running value, the second operand of a binary step, and the name of the result. */
interface WritingStep<S extends EpilogueStep> {
  readonly writer: NodeWriter;
  readonly step: S;
  readonly x: string;
  readonly operand: string;
  readonly output: string;
}

type StepWriter<S extends EpilogueStep> = (writing: WritingStep<S>) => void;

const unary =
  (type: string): StepWriter<EpilogueStep> =>
  ({ writer, x, output }) =>
    writer.node(type, [x], [output]);
const binary =
  (type: string): StepWriter<EpilogueStep> =>
  ({ writer, x, operand, output }) =>
    writer.node(type, [x, operand], [output]);
const swapped =
  (type: string): StepWriter<EpilogueStep> =>
  ({ writer, x, operand, output }) =>
    writer.node(type, [operand, x], [output]);

const withAlpha =
  (type: string): StepWriter<Extract<EpilogueStep, { kind: 'leakyRelu' | 'elu' | 'celu' | 'thresholdedRelu' }>> =>
  ({ writer, step, x, output }) =>
    writer.node(type, [x], [output], { alpha: float(step.alpha) });

/** How every step is written. */
const WRITERS: { readonly [K in StepKind]: StepWriter<Extract<EpilogueStep, { kind: K }>> } = {
  // The operand has been given a shape that broadcasts along the channel.
  bias: binary('Add'),
  add: binary('Add'),
  sub: binary('Sub'),
  rsub: swapped('Sub'),
  mul: binary('Mul'),
  div: binary('Div'),
  rdiv: swapped('Div'),
  min: binary('Min'),
  max: binary('Max'),
  pow: binary('Pow'),
  mod: binary('Mod'),
  fmod: ({ writer, x, operand, output }) => writer.node('Mod', [x, operand], [output], { fmod: 1 }),
  and: binary('And'),
  or: binary('Or'),
  xor: binary('Xor'),
  // PRelu would not let its operand widen the result.
  prelu: ({ writer, x, operand, output }) => {
    const negative = inner(writer, output, 'Less', [x, scalar(writer, output, 0)]);
    writer.node('Where', [negative, inner(writer, output, 'Mul', [x, operand]), x], [output]);
  },
  relu: unary('Relu'),
  sigmoid: unary('Sigmoid'),
  hardSwish: unary('HardSwish'),
  tanh: unary('Tanh'),
  neg: unary('Neg'),
  abs: unary('Abs'),
  exp: unary('Exp'),
  log: unary('Log'),
  sqrt: unary('Sqrt'),
  reciprocal: unary('Reciprocal'),
  erf: unary('Erf'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  floor: unary('Floor'),
  ceil: unary('Ceil'),
  round: unary('Round'),
  sign: unary('Sign'),
  not: unary('Not'),
  softplus: unary('Softplus'),
  softsign: unary('Softsign'),
  // Operator set 19 has no Mish yet.
  mish: ({ writer, x, output }) => {
    const soft = inner(writer, output, 'Softplus', [x]);
    writer.node('Mul', [x, inner(writer, output, 'Tanh', [soft])], [output]);
  },
  elu: withAlpha('Elu'),
  celu: withAlpha('Celu'),
  thresholdedRelu: withAlpha('ThresholdedRelu'),
  leakyRelu: withAlpha('LeakyRelu'),
  selu: ({ writer, step, x, output }) => {
    writer.node('Selu', [x], [output], { alpha: float(step.alpha), gamma: float(step.gamma) });
  },
  clamp: ({ writer, step, x, output }) => {
    const bound = (value: number): string => (Number.isFinite(value) ? scalar(writer, output, value) : '');
    writer.node('Clip', [x, bound(step.min), bound(step.max)], [output]);
  },
  hardSigmoid: ({ writer, step, x, output }) => {
    writer.node('HardSigmoid', [x], [output], { alpha: float(step.alpha), beta: float(step.beta) });
  },
  silu: ({ writer, x, output }) => writer.node('Mul', [x, inner(writer, output, 'Sigmoid', [x])], [output]),
  // Operator set 19 has no Gelu yet.
  gelu: ({ writer, step, x, output }) => {
    const of = (type: string, ...inputs: readonly string[]): string => inner(writer, output, type, inputs);
    const constant = (value: number): string => scalar(writer, output, value);
    const cube = (): string => of('Mul', of('Mul', of('Mul', x, x), x), constant(0.044715));
    const bent = step.approximate
      ? of('Tanh', of('Mul', of('Add', x, cube()), constant(Math.sqrt(2 / Math.PI))))
      : of('Erf', of('Div', x, constant(Math.SQRT2)));
    writer.node('Mul', [of('Mul', x, constant(0.5)), of('Add', bent, constant(1))], [output]);
  },
};

function scalar(writer: NodeWriter, output: string, value: number): string {
  return writer.constant(`${output}.c`, { dtype: 'f32', shape: [], data: Float32Array.of(value) });
}

function inner(writer: NodeWriter, output: string, type: string, inputs: readonly string[]): string {
  const name = writer.fresh(`${output}.${type.toLowerCase()}`);
  writer.node(type, inputs, [name]);
  return name;
}

/** Writes one step on `x` as nodes whose result is `output`. `operand` is its second operand, if it has one. */
export function writeStep(
  writer: NodeWriter,
  step: EpilogueStep,
  x: string,
  operand: string | undefined,
  output: string,
): void {
  const write = WRITERS[step.kind] as StepWriter<EpilogueStep>;
  write({ writer, step, x, operand: operand ?? '', output });
}
