import type { VectorKind } from '../kinds.js';
import { bits } from './instruction.js';

/** Which operands are wider or narrower than the vector type says, or no vectors at all. */
export type VectorShape =
  | 'same'
  /** Destination of twice the width. */
  | 'widen'
  /** Destination and first source of twice the width. */
  | 'widenBoth'
  /** First source of twice the width. */
  | 'narrow'
  /** Destination is a mask, one register. */
  | 'toMask'
  /** Destination and second source are one register. */
  | 'reduce'
  | 'masks'
  /** No first source. */
  | 'broadcast'
  | 'toInteger'
  | 'toFloat'
  | 'one';

export interface VectorOperation {
  readonly kind: VectorKind;
  readonly shape: VectorShape;
  /** Whether the old destination is an operand. */
  readonly accumulates: boolean;
  /** Whether the field of the second source chooses the operation instead of naming a register. */
  readonly unary: boolean;
}

/** Forms by the kind of their second operand: funct3 of the encoding. */
export const FORM = { ivv: 0, fvv: 1, mvv: 2, ivi: 3, ivx: 4, fvf: 5, mvx: 6 } as const;

function operation(kind: VectorKind, shape: VectorShape = 'same', accumulates = false): VectorOperation {
  return { kind, shape, accumulates, unary: false };
}

function unary(kind: VectorKind, shape: VectorShape = 'same'): VectorOperation {
  return { kind, shape, accumulates: false, unary: true };
}

/** What an arithmetic instruction of the vector extension is. RISC-V V 1.0, section 20 (opcode tables). */
export function vectorOperation(word: number): VectorOperation {
  const funct6 = word >>> 26;
  switch (bits(word, 12, 3)) {
    case FORM.ivv:
    case FORM.ivi:
    case FORM.ivx:
      return integer(word, funct6, bits(word, 12, 3));
    case FORM.mvv:
    case FORM.mvx:
      return multiplyOrMask(word, funct6, bits(word, 12, 3) === FORM.mvv);
    default:
      return float(word, funct6, bits(word, 12, 3) === FORM.fvv);
  }
}

function integer(word: number, funct6: number, form: number): VectorOperation {
  if (funct6 <= 0x07) return operation('add');
  if (funct6 <= 0x0b) return operation('logic');
  if (funct6 === 0x0c) return operation(form === FORM.ivv ? 'gather' : 'logic');
  if (funct6 === 0x0e) return form === FORM.ivv ? operation('gather') : operation('slideUp', 'same', true);
  if (funct6 === 0x0f) return operation('slideDown');
  if (funct6 === 0x17 && isMove(word)) return operation('logic', 'broadcast');
  if (funct6 === 0x11 || funct6 === 0x13 || (funct6 >= 0x18 && funct6 <= 0x1f)) return operation('compare', 'toMask');
  if (funct6 >= 0x20 && funct6 <= 0x23) return operation('add');
  if (funct6 === 0x27) return operation(form === FORM.ivi ? 'wholeMove' : 'multiply');
  if (funct6 >= 0x2c && funct6 <= 0x2f) return operation('logic', 'narrow');
  if (funct6 === 0x30 || funct6 === 0x31) return operation('integerReduction', 'reduce');
  return operation('logic');
}

function multiplyOrMask(word: number, funct6: number, vv: boolean): VectorOperation {
  if (funct6 <= 0x07) return operation('integerReduction', 'reduce');
  if (funct6 <= 0x0b) return operation('add');
  if (funct6 === 0x0e) return operation('slideUp');
  if (funct6 === 0x0f) return operation('slideDown');
  if (funct6 === 0x10) return vv ? unaryToInteger(bits(word, 15, 5)) : operation('fromScalar', 'one', true);
  if (funct6 === 0x12) return unary('logic');
  if (funct6 === 0x14) return unaryOfMask(bits(word, 15, 5));
  if (funct6 === 0x17) return operation('compress', 'same', true);
  if (funct6 >= 0x18 && funct6 <= 0x1f) return operation('maskLogic', 'masks');
  if (funct6 >= 0x20 && funct6 <= 0x23) return operation('integerDivide');
  if (funct6 >= 0x24 && funct6 <= 0x27) return operation('multiply');
  if (funct6 >= 0x29 && funct6 <= 0x2f) return operation('multiply', 'same', true);
  if (funct6 >= 0x30 && funct6 <= 0x33) return operation('add', 'widen');
  if (funct6 >= 0x34 && funct6 <= 0x37) return operation('add', 'widenBoth');
  return operation('multiply', 'widen', funct6 >= 0x3c);
}

/** vmv.v.* and vfmv.v.f are the merges without a mask. */
function isMove(word: number): boolean {
  return bits(word, 25, 1) === 1;
}

/** vmsbf.m, vmsof.m and vmsif.m, viota.m and vid.v, by the field of the second operand. */
function unaryOfMask(source: number): VectorOperation {
  if (source < 16) return unary('maskScan', 'masks');
  return unary('logic', source === 17 ? 'broadcast' : 'same');
}

/** vmv.x.s, vcpop.m and vfirst.m, by the field of the second operand. */
function unaryToInteger(source: number): VectorOperation {
  return unary(source === 0 ? 'toScalar' : 'maskToScalar', 'toInteger');
}

function float(word: number, funct6: number, vv: boolean): VectorOperation {
  if (vv && (funct6 === 0x01 || funct6 === 0x05 || funct6 === 0x07 || funct6 === 0x31)) {
    return operation('floatReduction', 'reduce');
  }
  if (vv && (funct6 === 0x03 || funct6 === 0x33)) return operation('floatOrderedReduction', 'reduce');
  if (funct6 <= 0x06) return operation('floatAdd');
  if (funct6 <= 0x0a) return operation('floatLogic');
  if (funct6 === 0x0e) return operation('slideUp');
  if (funct6 === 0x0f) return operation('slideDown');
  if (funct6 === 0x10) return vv ? unary('toScalar', 'toFloat') : operation('fromScalar', 'one', true);
  if (funct6 === 0x12) return conversion(bits(word, 15, 5));
  if (funct6 === 0x13) return unary(bits(word, 15, 5) === 0 ? 'floatSquareRoot' : 'floatLogic');
  if (funct6 === 0x17) return operation('floatLogic', isMove(word) ? 'broadcast' : 'same');
  if (funct6 >= 0x18 && funct6 <= 0x1f) return operation('floatCompare', 'toMask');
  if (funct6 === 0x20 || funct6 === 0x21) return operation('floatDivide');
  if (funct6 === 0x24) return operation('floatMultiply');
  if (funct6 === 0x27) return operation('floatAdd');
  if (funct6 >= 0x28 && funct6 <= 0x2f) return operation('floatMultiplyAdd', 'same', true);
  if (funct6 === 0x34 || funct6 === 0x36) return operation('floatAdd', 'widenBoth');
  if (funct6 === 0x38) return operation('floatMultiply', 'widen');
  return funct6 >= 0x3c ? operation('floatMultiplyAdd', 'widen', true) : operation('floatAdd', 'widen');
}

function conversion(code: number): VectorOperation {
  return unary('convert', code < 8 ? 'same' : code < 16 ? 'widen' : 'narrow');
}
