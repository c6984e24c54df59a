import type { EpilogueStep } from '../ops/epilogue.js';
import { float, type NodeWriter } from './node-writer.js';

/** ONNX operators of the steps that have one; operands are the running value and, for binary ones, the other. */
const DIRECT: Partial<Record<EpilogueStep['kind'], string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  min: 'Min',
  max: 'Max',
  pow: 'Pow',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  hardSwish: 'HardSwish',
  tanh: 'Tanh',
  neg: 'Neg',
  abs: 'Abs',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  reciprocal: 'Reciprocal',
  erf: 'Erf',
  floor: 'Floor',
  ceil: 'Ceil',
};

/** Writes one step on `x` as nodes whose result is `output`. `operand` is its second operand, if it has one. */
export function writeStep(
  writer: NodeWriter,
  step: EpilogueStep,
  x: string,
  operand: string | undefined,
  output: string,
): void {
  const direct = DIRECT[step.kind];
  if (direct !== undefined) {
    writer.node(direct, operand === undefined ? [x] : [x, operand], [output]);
    return;
  }
  const scalar = (value: number): string =>
    writer.constant(`${output}.c`, { dtype: 'f32', shape: [], data: Float32Array.of(value) });
  const inner = (type: string, inputs: readonly string[]): string => {
    const name = writer.fresh(`${output}.${type.toLowerCase()}`);
    writer.node(type, inputs, [name]);
    return name;
  };
  switch (step.kind) {
    case 'rsub':
      writer.node('Sub', [operand ?? x, x], [output]);
      return;
    case 'rdiv':
      writer.node('Div', [operand ?? x, x], [output]);
      return;
    case 'clamp': {
      const bound = (value: number): string => (Number.isFinite(value) ? scalar(value) : '');
      writer.node('Clip', [x, bound(step.min), bound(step.max)], [output]);
      return;
    }
    case 'leakyRelu':
      writer.node('LeakyRelu', [x], [output], { alpha: float(step.alpha) });
      return;
    case 'hardSigmoid':
      writer.node('HardSigmoid', [x], [output], { alpha: float(step.alpha), beta: float(step.beta) });
      return;
    case 'silu':
      writer.node('Mul', [x, inner('Sigmoid', [x])], [output]);
      return;
    case 'gelu': {
      const half = inner('Mul', [x, scalar(0.5)]);
      const cube = (): string => inner('Mul', [inner('Mul', [inner('Mul', [x, x]), x]), scalar(0.044715)]);
      const bent = step.approximate
        ? inner('Tanh', [inner('Mul', [inner('Add', [x, cube()]), scalar(Math.sqrt(2 / Math.PI))])])
        : inner('Erf', [inner('Div', [x, scalar(Math.SQRT2)])]);
      writer.node('Mul', [half, inner('Add', [bent, scalar(1)])], [output]);
      return;
    }
    default:
      throw new Error(`step ${step.kind} has no ONNX form`);
  }
}
