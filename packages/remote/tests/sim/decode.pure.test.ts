import { describe, expect, test } from 'vitest';
import { decode } from '../../src/sim/decode/index.js';

const E32M4 = 0xd2;
const E16M1 = 0xc8;

function name(register: number): string {
  return `${'xfv'[Math.floor(register / 32)] ?? '?'}${register % 32}`;
}

/** `kind reads > writes`, groups as v8-v11, as the assembler's text must decode under e32, m4. */
function shown(word: number, vtype = E32M4): string {
  const { kind, reads, writes } = decode(word, vtype);
  return `${kind} ${ranges(reads)} > ${ranges(writes)}`;
}

function ranges(registers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < registers.length;) {
    let end = i;
    while (registers[end + 1] === (registers[end] ?? 0) + 1 && (registers[end] ?? 0) >= 64) end++;
    const [first, last] = [name(registers[i] ?? 0), name(registers[end] ?? 0)];
    parts.push(first === last ? first : `${first}-${last}`);
    i = end + 1;
  }
  return parts.join(' ');
}

// Words from LLVM's assembler.
describe('vector arithmetic', () => {
  test.each([
    ['vadd.vv v8,v16,v24', 0x030c0457, 'add v16-v19 v24-v27 > v8-v11'],
    ['vadd.vx v8,v16,t0,v0.t', 0x0102c457, 'add x5 v16-v19 v0 > v8-v11'],
    ['vfmacc.vf v8,ft0,v16', 0xb3005457, 'floatMultiplyAdd f0 v16-v19 v8-v11 > v8-v11'],
    ['vfmacc.vv v8,v16,v24', 0xb3881457, 'floatMultiplyAdd v24-v27 v16-v19 v8-v11 > v8-v11'],
    ['vmflt.vf v0,v16,fa0', 0x6f055057, 'floatCompare f10 v16-v19 > v0'],
    ['vredsum.vs v8,v16,v24', 0x030c2457, 'integerReduction v16-v19 v24 v8 > v8'],
    ['vfredusum.vs v8,v16,v24', 0x070c1457, 'floatReduction v16-v19 v24 v8 > v8'],
    ['vmv.x.s a0,v8', 0x42802557, 'toScalar v8 > x10'],
    ['vfmv.f.s fa0,v8', 0x42801557, 'toScalar v8 > f10'],
    ['vcpop.m a0,v8', 0x42882557, 'maskToScalar v8 > x10'],
    ['vmv4r.v v8,v16', 0x9f01b457, 'wholeMove v16-v19 > v8-v11'],
    ['vfmv.v.f v8,fa0', 0x5e055457, 'floatLogic f10 > v8-v11'],
    ['vmerge.vvm v8,v16,v24,v0', 0x5d0c0457, 'logic v16-v19 v24-v27 v0 > v8-v11'],
    ['vrgather.vv v8,v16,v24', 0x330c0457, 'gather v16-v19 v24-v27 > v8-v11'],
    ['vslidedown.vi v8,v16,3', 0x3f01b457, 'slideDown v16-v19 > v8-v11'],
    ['vid.v v8', 0x5208a457, 'logic  > v8-v11'],
    ['vmand.mm v1,v2,v3', 0x6621a0d7, 'maskLogic v2-v3 v0 > v1'],
    ['vfdiv.vv v8,v16,v24', 0x830c1457, 'floatDivide v16-v19 v24-v27 > v8-v11'],
    ['vfsqrt.v v8,v16', 0x4f001457, 'floatSquareRoot v16-v19 > v8-v11'],
  ])('%s', (_, word, expected) => {
    expect(shown(word)).toBe(expected);
  });

  test.each([
    ['vwmul.vv v8,v16,v24', 0xef0c2457, 'multiply v16 v24 > v8-v9', 1],
    ['vnsrl.wi v8,v16,3', 0xb301b457, 'logic v16-v17 > v8', 1],
    ['vfwcvt.f.f.v v8,v16', 0x4b061457, 'convert v16 > v8-v9', 1],
  ])('%s works on the wider operand', (_, word, expected, lmul) => {
    expect(shown(word, E16M1)).toBe(expected);
    expect(decode(word, E16M1)).toMatchObject({ type: { lmul } });
  });
});

describe('vector memory', () => {
  test.each([
    ['vle32.v v8,(a0)', 0x02056407, 'load x10 > v8-v11', 32, 2],
    // Elements of a quarter of the width take a quarter of the registers.
    ['vle8.v v8,(a0)', 0x02050407, 'load x10 > v8', 8, 0],
    ['vlse32.v v8,(a0),a1', 0x0ab56407, 'loadStrided x10 x11 > v8-v11', 32, 2],
    ['vluxei32.v v8,(a0),v16', 0x07056407, 'loadIndexed x10 v16-v19 > v8-v11', 32, 2],
    ['vlseg2e32.v v8,(a0)', 0x22056407, 'loadSegment x10 > v8-v15', 32, 2],
    ['vl2re32.v v8,(a0)', 0x22856407, 'load x10 > v8-v9', 32, 1],
    ['vlm.v v0,(a0)', 0x02b50007, 'load x10 > v0', 8, -3],
    ['vse32.v v8,(a0),v0.t', 0x00056427, 'store x10 v0 v8-v11 > ', 32, 2],
  ])('%s', (_, word, expected, sew, lmul) => {
    expect(shown(word)).toBe(expected);
    expect(decode(word, E32M4)).toMatchObject({ type: { sew, lmul } });
  });
});

describe('scalar', () => {
  test.each([
    ['vsetvli t0,a0,e32,m4,ta,ma', 0x0d2572d7, 'configure x10 > x5'],
    ['vsetivli t0,4,e32,m1,ta,ma', 0xcd0272d7, 'configure  > x5'],
    ['vsetvl t0,a0,a1', 0x80b572d7, 'configure x10 x11 > x5'],
    ['lw a0,4(a1)', 0x0045a503, 'load x11 > x10'],
    ['fld fa0,8(a1)', 0x0085b507, 'floatLoad x11 > f10'],
    ['sd a0,8(a1)', 0x00a5b423, 'store x11 x10 > '],
    ['fsw fa0,8(a1)', 0x00a5a427, 'store x11 f10 > '],
    ['add a0,a1,a2', 0x00c58533, 'integer x11 x12 > x10'],
    ['mul a0,a1,a2', 0x02c58533, 'multiply x11 x12 > x10'],
    ['divu a0,a1,a2', 0x02c5d533, 'divide x11 x12 > x10'],
    ['fmadd.s fa0,fa1,fa2,fa3', 0x68c5f543, 'floatMultiplyAdd f11 f12 f13 > f10'],
    ['fadd.s fa0,fa1,fa2', 0x00c5f553, 'float f11 f12 > f10'],
    ['fdiv.s fa0,fa1,fa2', 0x18c5f553, 'floatDivide f11 f12 > f10'],
    ['fcvt.w.s a0,fa1', 0xc005f553, 'floatTransfer f11 > x10'],
    ['fcvt.s.w fa0,a1', 0xd005f553, 'floatTransfer x11 > f10'],
    ['feq.s a0,fa1,fa2', 0xa0c5a553, 'floatTransfer f11 f12 > x10'],
    ['beq a0,a1', 0x00b50063, 'branch x10 x11 > '],
    ['jalr ra,0(a0)', 0x000500e7, 'jump x10 > x1'],
    ['lui a0,5', 0x00005537, 'integer  > x10'],
    ['amoadd.w a0,a1,(a2)', 0x00b6252f, 'atomic x12 x11 > x10'],
    ['c.lw a0,4(a1)', 0x41c8, 'load x11 > x10'],
    ['c.fld fa0,8(a1)', 0x2588, 'floatLoad x11 > f10'],
    ['c.sd a0,8(a1)', 0xe588, 'store x11 x10 > '],
    ['c.addi a0,1', 0x0505, 'integer x10 > x10'],
    ['c.li a0,1', 0x4505, 'integer  > x10'],
    ['c.sub a0,a1', 0x8d0d, 'integer x10 x11 > x10'],
    ['c.j', 0xa001, 'jump  > '],
    ['c.beqz a0', 0xc101, 'branch x10 > '],
    ['c.ldsp a0,8(sp)', 0x6522, 'load x2 > x10'],
    ['c.fsdsp fa0,8(sp)', 0xa42a, 'store x2 f10 > '],
    ['c.mv a0,a1', 0x852e, 'integer x11 > x10'],
    ['c.add a0,a1', 0x952e, 'integer x10 x11 > x10'],
    ['c.jr a0', 0x8502, 'jump x10 > '],
    ['c.jalr a0', 0x9502, 'jump x10 > x1'],
    ['c.addi4spn a0,sp,8', 0x0028, 'integer x2 > x10'],
    ['c.ebreak', 0x9002, 'system  > '],
  ])('%s', (_, word, expected) => {
    expect(shown(word)).toBe(expected);
  });
});
