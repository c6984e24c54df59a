import { bits, f, scalar, x, type ScalarInstruction } from './instruction.js';

/** Decodes an instruction of 16 bits. RISC-V unprivileged specification, chapter "C", RV64. */
export function decodeCompressed(word: number): ScalarInstruction {
  switch (bits(word, 0, 2)) {
    case 0:
      return quadrant0(word);
    case 1:
      return quadrant1(word);
    default:
      return quadrant2(word);
  }
}

function quadrant0(word: number): ScalarInstruction {
  const data = 8 + bits(word, 2, 3);
  const base = x(8 + bits(word, 7, 3));
  switch (bits(word, 13, 3)) {
    case 0:
      return scalar('integer', x(2), x(data));
    case 1:
      return scalar('floatLoad', base, f(data));
    case 2:
    case 3:
      return scalar('load', base, x(data));
    case 5:
      return scalar('store', [...base, ...f(data)]);
    default:
      return scalar('store', [...base, ...x(data)]);
  }
}

function quadrant1(word: number): ScalarInstruction {
  const rd = bits(word, 7, 5);
  const short = 8 + bits(word, 7, 3);
  switch (bits(word, 13, 3)) {
    case 2:
      return scalar('integer', [], x(rd));
    case 3:
      return scalar('integer', rd === 2 ? x(2) : [], x(rd));
    case 4: {
      const other = bits(word, 10, 2) === 3 ? x(8 + bits(word, 2, 3)) : [];
      return scalar('integer', [...x(short), ...other], x(short));
    }
    case 5:
      return scalar('jump', []);
    case 6:
    case 7:
      return scalar('branch', x(short));
    default:
      return scalar('integer', x(rd), x(rd));
  }
}

function quadrant2(word: number): ScalarInstruction {
  const rd = bits(word, 7, 5);
  const other = bits(word, 2, 5);
  switch (bits(word, 13, 3)) {
    case 0:
      return scalar('integer', x(rd), x(rd));
    case 1:
      return scalar('floatLoad', x(2), f(rd));
    case 2:
    case 3:
      return scalar('load', x(2), x(rd));
    case 4:
      return jumpMoveOrAdd(rd, other, bits(word, 12, 1) === 1);
    case 5:
      return scalar('store', [...x(2), ...f(other)]);
    default:
      return scalar('store', [...x(2), ...x(other)]);
  }
}

function jumpMoveOrAdd(rd: number, other: number, second: boolean): ScalarInstruction {
  if (other !== 0) return scalar('integer', [...(second ? x(rd) : []), ...x(other)], x(rd));
  if (rd === 0) return scalar('system', []);
  return scalar('jump', x(rd), second ? x(1) : []);
}
