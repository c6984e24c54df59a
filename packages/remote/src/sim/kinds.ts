/**
 * Kinds of instructions that cost alike on the cores we know. A core's file has a row for each; finer than the classes
 * of the report, which say what an instruction is for.
 */
export const SCALAR_KINDS = [
  'integer',
  'multiply',
  'divide',
  'load',
  'floatLoad',
  'store',
  'branch',
  /** Jumps, calls and returns. */
  'jump',
  'float',
  'floatMultiplyAdd',
  'floatDivide',
  /** Comparisons, and moves and conversions between the integer and the float registers. */
  'floatTransfer',
  'atomic',
  'system',
  /** vsetvli and its kin. */
  'configure',
] as const;

export const VECTOR_KINDS = [
  /** Addition, subtraction, minimum, maximum, averaging and saturating addition. */
  'add',
  'multiply',
  'integerDivide',
  /** Bitwise operations, shifts, extensions, merges, moves, broadcast, iota, gather of one element. */
  'logic',
  'compare',
  'slideUp',
  'slideDown',
  'gather',
  'compress',
  /** vmv<n>r.v */
  'wholeMove',
  'integerReduction',
  'maskLogic',
  /** vmsbf, vmsif, vmsof */
  'maskScan',
  /** vcpop, vfirst */
  'maskToScalar',
  /** Element 0 to a scalar register. */
  'toScalar',
  'fromScalar',
  'floatAdd',
  'floatMultiply',
  'floatMultiplyAdd',
  /** Sign injection, classification, estimates, merge and broadcast. */
  'floatLogic',
  'floatCompare',
  'convert',
  'floatDivide',
  'floatSquareRoot',
  'floatReduction',
  'floatOrderedReduction',
  'load',
  'loadFirstFault',
  'loadStrided',
  'loadIndexed',
  'loadSegment',
  'store',
  'storeStrided',
  'storeIndexed',
  'storeSegment',
] as const;

export type ScalarKind = (typeof SCALAR_KINDS)[number];
export type VectorKind = (typeof VECTOR_KINDS)[number];
