import { layoutStrides, type EpilogueStep, type Shape, type TensorType } from '@ait-rvv/ir';
import type { CField } from './kernel.js';

/** The constants a and b of a step without operand. */
export function stepConstants(step: EpilogueStep): CField[] {
  return constantFields(...constantsOf(step));
}

/** The two constants every step has a place for. */
export function constantFields(a: number, b: number): CField[] {
  return [
    { name: 'a', arg: { kind: 'float', value: a } },
    { name: 'b', arg: { kind: 'float', value: b } },
  ];
}

function constantsOf(step: EpilogueStep): readonly [number, number] {
  switch (step.kind) {
    case 'clamp':
      return [step.min, step.max];
    case 'leakyRelu':
    case 'elu':
    case 'celu':
    case 'thresholdedRelu':
      return [step.alpha, 0];
    case 'selu':
      return [step.alpha, step.gamma];
    case 'hardSigmoid':
      return [step.alpha, step.beta];
    case 'gelu':
      return [Number(step.approximate), 0];
    default:
      return [0, 0];
  }
}

/** Stride of the operand along every axis of the result, 0 where it is broadcast. */
export function operandStrides(step: EpilogueStep, operand: TensorType, result: Shape, channelAxis: number): number[] {
  if (step.kind === 'bias') return result.map((_, axis) => Number(axis === channelAxis));
  const own = layoutStrides(operand.shape, operand.layout);
  const lead = result.length - operand.shape.length;
  return result.map((_, axis) => (axis < lead || operand.shape[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0)));
}
