import { vectorType, type VectorType } from '../../profile/vector-type.js';
import { decodeCompressed } from './compressed.js';
import { bits, type Instruction } from './instruction.js';
import { decodeConfigure, decodeScalar } from './scalar.js';
import { decodeVectorArithmetic, decodeVectorMemory } from './vector.js';

export type { Instruction, ScalarInstruction, VectorInstruction } from './instruction.js';
export { REGISTER_COUNT } from './instruction.js';

/** What is assumed where the type came from a register: one register of 32-bit elements. */
const UNKNOWN_TYPE: VectorType = { sew: 32, lmul: 0 };

/** Decodes an instruction under a vtype; -1 is a type that is not known. */
export function decode(word: number, vtype: number): Instruction {
  if ((word & 3) !== 3) return decodeCompressed(word);
  const opcode = bits(word, 0, 7);
  const type = vectorType(vtype) ?? UNKNOWN_TYPE;
  if (opcode === 0x57) return bits(word, 12, 3) === 7 ? decodeConfigure(word) : decodeVectorArithmetic(word, type);
  if ((opcode === 0x07 || opcode === 0x27) && isVectorWidth(bits(word, 12, 3))) return decodeVectorMemory(word, type);
  return decodeScalar(word);
}

/** Widths 1 … 4 of the float loads and stores are scalar. */
function isVectorWidth(width: number): boolean {
  return width === 0 || width >= 5;
}
