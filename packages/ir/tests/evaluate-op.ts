import { CompileError, tensorF32, toNumbers, typeOf, type OpDef, type Tensor } from '@ait-rvv/ir';
import { expect } from 'vitest';

/** Evaluates one node and checks that inference agrees with what comes out. */
export function evaluate<A>(op: OpDef<A>, inputs: readonly Tensor[], attrs: A): readonly Tensor[] {
  const results = op.evaluate(inputs, attrs);
  expect(op.infer(inputs.map(typeOf), attrs, 'test')).toEqual(results.map(typeOf));
  return results;
}

export function values<A>(op: OpDef<A>, inputs: readonly Tensor[], attrs: A): number[] {
  const [result] = evaluate(op, inputs, attrs);
  if (result === undefined) throw new Error('no result');
  return toNumbers(result);
}

/** The whole message of the refusal. */
export function refusal<A>(op: OpDef<A>, inputs: readonly Tensor[], attrs: A): string {
  try {
    op.infer(inputs.map(typeOf), attrs, 'n');
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  return 'accepted';
}

export const counting = (...shape: number[]): Tensor =>
  tensorF32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1),
  );
