import type { VectorType } from '../../profile/vector-type.js';
import type { ScalarKind, VectorKind } from '../kinds.js';

/**
 * Registers share one numbering: x0 … x31, then f0 … f31, then v0 … v31. x0 is never listed: it is always ready and
 * nothing waits for it.
 */
export const REGISTER_COUNT = 96;

export const x = (number: number): number[] => (number === 0 ? [] : [number]);
export const f = (number: number): number[] => [32 + number];

/** The registers of a group that begins at v<number> and has 2^lmul of them, at least one. */
export function group(number: number, lmul: number): number[] {
  const count = Math.min(2 ** Math.max(0, Math.ceil(lmul)), 32 - number);
  return Array.from({ length: count }, (_, i) => 64 + number + i);
}

export interface ScalarInstruction {
  readonly vector: false;
  readonly kind: ScalarKind;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export interface VectorInstruction {
  readonly vector: true;
  readonly kind: VectorKind;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Of the reads, the scalar registers: a queue of vector instructions has copied them. */
  readonly scalarReads: readonly number[];
  /** What was in the destination, which some cores wait for although the instruction does not need it. */
  readonly destination: readonly number[];
  /** The elements that are worked on, and log2 of the registers they take: the wider operand's. */
  readonly type: VectorType;
  /** Registers for each element: fields of a segment, else 1. */
  readonly fields: number;
  readonly masked: boolean;
}

export type Instruction = ScalarInstruction | VectorInstruction;

export function scalar(kind: ScalarKind, reads: readonly number[], writes: readonly number[] = []): ScalarInstruction {
  return { vector: false, kind, reads, writes };
}

/** `count` bits of a word from bit `low` on. */
export function bits(word: number, low: number, count: number): number {
  return (word >>> low) & (2 ** count - 1);
}
