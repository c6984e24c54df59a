import type { VectorType } from '../../profile/vector-type.js';
import type { VectorKind } from '../kinds.js';
import { bits, f, group, x, type VectorInstruction } from './instruction.js';
import { FORM, vectorOperation, type VectorShape } from './vector-operations.js';

const V0 = group(0, 0);

/** Decodes an arithmetic instruction of the vector extension under a vector type. */
export function decodeVectorArithmetic(word: number, type: VectorType): VectorInstruction {
  const { kind, shape, accumulates, unary } = vectorOperation(word);
  const form = bits(word, 12, 3);
  if (kind === 'wholeMove') return wholeMove(word, type);
  const sizes = operandSizes(shape, type.lmul);
  const destination = destinationOf(bits(word, 7, 5), shape, sizes.destination);
  const second = bits(word, 15, 5);
  const scalarReads = form === FORM.ivx || form === FORM.mvx ? x(second) : form === FORM.fvf ? f(second) : [];
  const isVector = form === FORM.ivv || form === FORM.fvv || form === FORM.mvv;
  const masked = bits(word, 25, 1) === 0;
  const vectors = [
    ...(shape === 'one' || shape === 'broadcast' ? [] : group(bits(word, 20, 5), sizes.first)),
    ...(isVector && !unary ? group(second, sizes.second) : []),
    ...(masked || shape === 'masks' ? V0 : []),
    ...(accumulates || shape === 'reduce' ? destination : []),
  ];
  return {
    vector: true,
    kind,
    reads: [...scalarReads, ...vectors],
    writes: destination,
    scalarReads,
    destination: shape === 'toInteger' || shape === 'toFloat' ? [] : destination,
    type: { sew: type.sew, lmul: Math.min(3, Math.max(sizes.first, sizes.destination, type.lmul)) },
    fields: 1,
    masked,
  };
}

function operandSizes(shape: VectorShape, lmul: number): { destination: number; first: number; second: number } {
  const one = 0;
  switch (shape) {
    case 'widen':
      return { destination: lmul + 1, first: lmul, second: lmul };
    case 'widenBoth':
      return { destination: lmul + 1, first: lmul + 1, second: lmul };
    case 'narrow':
      return { destination: lmul, first: lmul + 1, second: lmul };
    case 'toMask':
      return { destination: Math.min(one, lmul), first: lmul, second: lmul };
    case 'reduce':
      return { destination: Math.min(one, lmul), first: lmul, second: one };
    case 'masks':
    case 'toInteger':
    case 'toFloat':
    case 'one':
      return { destination: Math.min(one, lmul), first: Math.min(one, lmul), second: one };
    case 'broadcast':
    case 'same':
      return { destination: lmul, first: lmul, second: lmul };
  }
}

function destinationOf(number: number, shape: VectorShape, size: number): number[] {
  if (shape === 'toInteger') return x(number);
  return shape === 'toFloat' ? f(number) : group(number, size);
}

function wholeMove(word: number, { sew }: VectorType): VectorInstruction {
  const lmul = Math.log2(bits(word, 15, 5) + 1);
  const destination = group(bits(word, 7, 5), lmul);
  const reads = group(bits(word, 20, 5), lmul);
  return {
    vector: true,
    kind: 'wholeMove',
    reads,
    writes: destination,
    scalarReads: [],
    destination,
    type: { sew, lmul },
    fields: 1,
    masked: false,
  };
}

const WIDTHS = new Map([
  [0, 8],
  [5, 16],
  [6, 32],
  [7, 64],
]);

/** Decodes a load or store of the vector extension under a vector type. */
export function decodeVectorMemory(word: number, type: VectorType): VectorInstruction {
  const isStore = bits(word, 0, 7) === 0x27;
  const addressing = bits(word, 26, 2);
  const unit = addressing === 0 ? bits(word, 20, 5) : 0;
  const whole = addressing === 0 && unit === 8;
  const fields = whole ? 1 : bits(word, 29, 3) + 1;
  const width = WIDTHS.get(bits(word, 12, 3)) ?? type.sew;
  const indexed = addressing === 1 || addressing === 3;
  const sew = indexed ? type.sew : width;
  const lmul = whole ? Math.log2(bits(word, 29, 3) + 1) : unit === 11 ? -3 : type.lmul + Math.log2(sew / type.sew);
  const bounded = Math.min(3, Math.max(-3, lmul));
  const data = Array.from({ length: fields }, (_, i) =>
    group(Math.min(31, bits(word, 7, 5) + i * 2 ** Math.max(0, bounded)), bounded),
  ).flat();
  const masked = bits(word, 25, 1) === 0;
  const scalarReads = [...x(bits(word, 15, 5)), ...(addressing === 2 ? x(bits(word, 20, 5)) : [])];
  const indices = indexed ? group(bits(word, 20, 5), type.lmul + Math.log2(width / type.sew)) : [];
  return {
    vector: true,
    kind: memoryKind(isStore, addressing, fields, unit),
    reads: [...scalarReads, ...indices, ...(masked ? V0 : []), ...(isStore ? data : [])],
    writes: isStore ? [] : data,
    scalarReads,
    destination: [],
    type: { sew, lmul: bounded },
    fields,
    masked,
  };
}

function memoryKind(isStore: boolean, addressing: number, fields: number, unit: number): VectorKind {
  if (addressing === 2) return isStore ? 'storeStrided' : 'loadStrided';
  if (addressing !== 0) return isStore ? 'storeIndexed' : 'loadIndexed';
  if (fields > 1) return isStore ? 'storeSegment' : 'loadSegment';
  if (unit === 16) return 'loadFirstFault';
  return isStore ? 'store' : 'load';
}
