import type { ScalarKind } from '../kinds.js';
import { bits, f, scalar, x, type ScalarInstruction } from './instruction.js';

/** Decodes an instruction of 32 bits outside the vector extension. RISC-V unprivileged specification, "RV64G". */
export function decodeScalar(word: number): ScalarInstruction {
  const rd = bits(word, 7, 5);
  const rs1 = bits(word, 15, 5);
  const rs2 = bits(word, 20, 5);
  switch (bits(word, 0, 7)) {
    case 0x03:
      return scalar('load', x(rs1), x(rd));
    case 0x07:
      return scalar('floatLoad', x(rs1), f(rd));
    case 0x23:
      return scalar('store', [...x(rs1), ...x(rs2)]);
    case 0x27:
      return scalar('store', [...x(rs1), ...f(rs2)]);
    case 0x33:
    case 0x3b:
      return scalar(registerKind(word), [...x(rs1), ...x(rs2)], x(rd));
    case 0x17:
    case 0x37:
      return scalar('integer', [], x(rd));
    case 0x2f:
      return scalar('atomic', [...x(rs1), ...x(rs2)], x(rd));
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
      return scalar('floatMultiplyAdd', [...f(rs1), ...f(rs2), ...f(word >>> 27)], f(rd));
    case 0x53:
      return float(word, rd, rs1, rs2);
    case 0x63:
      return scalar('branch', [...x(rs1), ...x(rs2)]);
    case 0x67:
      return scalar('jump', x(rs1), x(rd));
    case 0x6f:
      return scalar('jump', [], x(rd));
    case 0x0f:
    case 0x73:
      return scalar('system', x(rs1), x(rd));
    default:
      return scalar('integer', x(rs1), x(rd));
  }
}

function registerKind(word: number): ScalarKind {
  if (bits(word, 25, 7) !== 1) return 'integer';
  return bits(word, 12, 3) < 4 ? 'multiply' : 'divide';
}

/** OP-FP by its upper five bits; the two below choose the width. */
function float(word: number, rd: number, rs1: number, rs2: number): ScalarInstruction {
  switch (word >>> 27) {
    case 0x03:
      return scalar('floatDivide', [...f(rs1), ...f(rs2)], f(rd));
    case 0x0b:
      return scalar('floatDivide', f(rs1), f(rd));
    case 0x08:
      return scalar('float', f(rs1), f(rd));
    case 0x14:
      return scalar('floatTransfer', [...f(rs1), ...f(rs2)], x(rd));
    case 0x18:
    case 0x1c:
      return scalar('floatTransfer', f(rs1), x(rd));
    case 0x1a:
    case 0x1e:
      return scalar('floatTransfer', x(rs1), f(rd));
    default:
      return scalar('float', [...f(rs1), ...f(rs2)], f(rd));
  }
}

/** vsetvli, vsetivli and vsetvl: their scalar operands and result. */
export function decodeConfigure(word: number): ScalarInstruction {
  const rs1 = bits(word, 15, 5);
  const top = bits(word, 30, 2);
  const reads = top === 3 ? [] : [...x(rs1), ...(top === 2 ? x(bits(word, 20, 5)) : [])];
  return scalar('configure', reads, x(bits(word, 7, 5)));
}
