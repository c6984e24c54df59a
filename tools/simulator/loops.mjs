/**
 * Loops of one instruction, as rvv-bench measures them: eight instructions in a row whose destinations take turns among
 * as many groups as fit into v8 … v15, `UNROLL` times, in a loop. `published` are cycles per instruction at LMUL 1, 2, 4
 * and 8, by core. `role` says what the comparison is worth: `input` when the number is one of the core's file,
 * so that it shows the scoreboard adds nothing to it, `prediction` when it is not.
 *
 * Placeholders of an instruction: {d} destination, {a} and {b} sources (groups of v8, v16, v24 that move along), {x} and
 * {f} scalar registers that move along, {p} an address, aligned to 64 bytes, {q} one that is so every other time,
 * {c} always v8: a chain.
 */
const x60 = (...cycles) => ({ 'spacemit-x60': cycles });
const both = (...cycles) => ({ 'spacemit-x60': cycles, c908: cycles });

export const UNROLL = 8;

/** Why moves of an element to a scalar register are quicker in the model. */
const TRANSFERS =
  'the model moves an element in a cycle, whatever the group; kernels move one for each result, and wait six cycles for it';

export const LOOPS = [
  {
    name: 'vadd.vv',
    text: 'vadd.vv {d},{a},{b}',
    role: 'input',
    published: { ...x60(1, 2, 4, 8), x280: [2.14, 4.14, 8.14, 16.14] },
  },
  { name: 'vadd.vv, masked', text: 'vadd.vv {d},{a},{b},v0.t', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vand.vv', text: 'vand.vv {d},{a},{b}', role: 'input', published: { x280: [2.14, 4.14, 8.14, 16.14] } },
  { name: 'vsrl.vx', text: 'vsrl.vx {d},{a},{x}', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vmul.vv', text: 'vmul.vv {d},{a},{b}', role: 'input', published: x60(1, 2, 4, 8) },
  { name: 'vdivu.vv', text: 'vdivu.vv {d},{a},{b}', role: 'input', published: x60(22.1, 44.2, 88.5, 177.1) },
  { name: 'vmseq.vv', text: 'vmseq.vv {d},{a},{b}', role: 'prediction', published: x60(2, 4, 8, 18) },
  { name: 'vmerge.vvm', text: 'vmerge.vvm {d},{a},{b},v0', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vmv.v.x', text: 'vmv.v.x {d},{x}', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vslideup.vi', text: 'vslideup.vi {d},{a},3', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vslidedown.vi', text: 'vslidedown.vi {d},{a},3', role: 'input', published: x60(3, 5, 9, 17) },
  {
    name: 'vrgather.vv',
    text: 'vrgather.vv {d},{a},{b}',
    role: 'input',
    published: { ...x60(4, 16, 64, 256), x280: [20.14, 36.14, 68.18, 132.49] },
  },
  { name: 'vrgather.vi', text: 'vrgather.vi {d},{a},3', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vfslide1up.vf', text: 'vfslide1up.vf {d},{a},{f}', role: 'prediction', published: x60(2, 4, 8, 16) },
  { name: 'vfslide1down.vf', text: 'vfslide1down.vf {d},{a},{f}', role: 'prediction', published: x60(3, 5, 9, 17) },
  {
    name: 'vmv.x.s',
    text: 'vmv.x.s {x},{a}',
    role: 'prediction',
    why: { 'spacemit-x60': TRANSFERS },
    published: x60(2, 2, 3, 6),
  },
  {
    name: 'vmv.s.x',
    text: 'vmv.s.x {d},{x}',
    role: 'prediction',
    published: x60(1, 1, 2, 4),
  },
  {
    name: 'vfmv.f.s',
    text: 'vfmv.f.s {f},{a}',
    role: 'prediction',
    why: { 'spacemit-x60': TRANSFERS },
    published: x60(1, 1, 2, 4),
  },
  {
    name: 'vfmv.s.f',
    text: 'vfmv.s.f {d},{f}',
    role: 'prediction',
    published: x60(1, 1, 2, 4),
  },
  { name: 'vcpop.m', text: 'vcpop.m {x},{a}', role: 'prediction', published: x60(2, 2, 2, 2) },
  { name: 'vfirst.m', text: 'vfirst.m {x},{a}', role: 'prediction', published: x60(2, 2, 2, 2) },
  { name: 'vid.v', text: 'vid.v {d}', role: 'prediction', published: x60(2, 4, 8, 16) },
  { name: 'vzext.vf2', text: 'vzext.vf2 {d},{a}', role: 'prediction', published: x60(2, 4, 8, 16) },
  { name: 'vredsum.vs', text: 'vredsum.vs {d},{a},{b}', role: 'prediction', published: x60(2, 4, 9.5, 35) },
  { name: 'vmsbf.m', text: 'vmsbf.m {d},{a}', role: 'input', published: x60(1, 1, 2, 4) },
  { name: 'viota.m', text: 'viota.m {d},{a}', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vfadd.vv', text: 'vfadd.vv {d},{a},{b}', role: 'input', published: x60(1, 2, 4, 8) },
  { name: 'vfmin.vv', text: 'vfmin.vv {d},{a},{b}', role: 'prediction', published: x60(1, 2, 4, 8) },
  { name: 'vfmul.vf', text: 'vfmul.vf {d},{a},{f}', role: 'input', published: x60(1.1, 2.1, 4.1, 8) },
  { name: 'vfmacc.vf', text: 'vfmacc.vf {d},{f},{a}', role: 'input', published: { ...both(1, 2, 4, 8), x280: [2.14] } },
  { name: 'vfmacc.vv', text: 'vfmacc.vv {d},{a},{b}', role: 'input', published: x60(1, 2, 4, 8) },
  { name: 'vfmacc.vf, masked', text: 'vfmacc.vf {d},{f},{a},v0.t', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vfsgnj.vv', text: 'vfsgnj.vv {d},{a},{b}', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vfcvt.f.x.v', text: 'vfcvt.f.x.v {d},{a}', role: 'input', published: x60(2, 4, 8, 16) },
  { name: 'vmflt.vv', text: 'vmflt.vv {d},{a},{b}', role: 'prediction', published: x60(2, 4, 8, 18) },
  { name: 'vfdiv.vv', text: 'vfdiv.vv {d},{a},{b}', role: 'input', published: x60(38.3, 76.7, 153.4, 307) },
  {
    name: 'vfsqrt.v',
    text: 'vfsqrt.v {d},{a}',
    role: 'input',
    published: { ...x60(34.1, 68.2, 135.9, 272.5), x280: [31.14, 55.14, 103.3, 199.53] },
  },
  { name: 'vfredusum.vs', text: 'vfredusum.vs {d},{a},{b}', role: 'prediction', published: x60(6.5, 11, 17, 54) },
  { name: 'vfredosum.vs', text: 'vfredosum.vs {d},{a},{b}', role: 'prediction', published: x60(11, 23, 48, 192) },
  {
    name: 'vle32.v, aligned',
    text: 'vle32.v {d},({p})',
    role: 'input',
    published: x60(1.99, 3.96, 7.83, 15.65),
    from: 'bp3-microarch',
  },
  {
    name: 'vle32.v, any address',
    text: 'vle32.v {d},({q})',
    role: 'prediction',
    published: x60(2.45, 4.35, 8.6, 16.52),
  },
  { name: 'vse32.v, any address', text: 'vse32.v {d},({q})', role: 'input', published: x60(2.75, 4.76, 8.51, 19.7) },
  { name: 'vlse32.v', text: 'vlse32.v {d},({p}),s11', role: 'input', published: x60(8, 16, 32, 64) },
  {
    name: 'vsse32.v',
    why: { 'spacemit-x60': 'measured with an unknown stride; 8.1 with a stride of −1 and 8.0 with 0' },
    text: 'vsse32.v {d},({p}),s11',
    role: 'input',
    published: x60(8.9, 16, 32.01, 64.05),
  },
  {
    name: 'vlseg2e32.v',
    text: 'vlseg2e32.v {d},({p})',
    role: 'input',
    published: x60(12.5, 24.48, 48.58),
    note: 'bp3-microarch measured 11.8, 21.1, 45.6',
  },
  { name: 'vlseg4e32.v', text: 'vlseg4e32.v {d},({p})', role: 'prediction', published: x60(24.42, 48.41) },
  { name: 'vsseg2e32.v', text: 'vsseg2e32.v {d},({p})', role: 'input', published: x60(6.09, 12, 24.02) },
  {
    name: 'vadd.vv, chained',
    text: 'vadd.vv {c},{c},{a}',
    role: 'input',
    published: x60(4, 4, 5, 7.8),
    from: 'bp3-microarch',
  },
  { name: 'vfmul.vv, chained', text: 'vfmul.vv {c},{c},{a}', role: 'input', published: { c908: [5, 5, 5, 8] } },
  { name: 'vfmacc.vf, chained', text: 'vfmacc.vf {c},{f},{a}', role: 'input', published: { c908: [5, 5, 5, 8] } },
  {
    name: 'vfmacc.vv, masked, chained',
    text: 'vfmacc.vv {c},{a},{b},v0.t',
    role: 'prediction',
    published: { c908: [5, 5, 8, 16] },
  },
  { name: 'vmfeq.vv, chained', text: 'vmfeq.vv {c},{a},{b}', role: 'input', published: { c908: [4, 6, 10, 18] } },
  {
    name: 'vadd.vv, vl = 1',
    text: 'vadd.vv {d},{a},{b}',
    vl: 1,
    role: 'prediction',
    published: { ...x60(1, 2, 4, 8) },
  },
  { name: 'vfmacc.vf, vl = 1', text: 'vfmacc.vf {d},{f},{a}', vl: 1, role: 'prediction', published: x60(1, 2, 4, 8) },
  {
    name: 'vle32.v, vl = 1, aligned',
    text: 'vle32.v {d},({p})',
    vl: 1,
    role: 'prediction',
    published: x60(2, 4, 8, 16),
    from: 'bp3-microarch',
  },
];

/** Loops of scalar instructions; `published` holds one number. */
export const SCALAR_LOOPS = [
  { name: 'add', text: 'add {x},{y},{z}', role: 'prediction', published: x60(0.51) },
  { name: 'add, one destination', text: 'add t0,t1,t2', role: 'prediction', published: x60(1) },
  { name: 'mul, one destination', text: 'mul t0,t1,t2', role: 'input', published: x60(3) },
  { name: 'mul', text: 'mul {x},{y},{z}', role: 'input', published: x60(3.5) },
  { name: 'lw', text: 'lw {x},0(s9)', role: 'input', published: x60(0.5), from: 'llvm' },
  { name: 'sw', text: 'sw {x},0(s9)', role: 'input', published: x60(0.5), from: 'llvm' },
  { name: 'fadd.s, chained', text: 'fadd.s ft0,ft0,ft1', role: 'input', published: x60(4), from: 'llvm' },
  { name: 'fmadd.s, chained', text: 'fmadd.s ft0,ft1,ft2,ft0', role: 'input', published: x60(5), from: 'llvm' },
  { name: 'fdiv.s', text: 'fdiv.s ft0,ft1,ft2', role: 'input', published: x60(15), from: 'llvm' },
];

const GROUPS = { 1: 8, 2: 4, 4: 2, 8: 1 };

/** The eight instructions of a loop at an LMUL, in the order rvv-bench takes registers. */
export function instructions(text, lmul, mode) {
  return Array.from({ length: 8 }, (_, i) => {
    const step = (i % GROUPS[lmul]) * lmul;
    const filled = {
      d: `v${8 + step}`,
      c: 'v8',
      a: `v${16 + step}`,
      b: `v${24 + step}`,
      x: `t${i % 7}`,
      y: `t${(i + 1) % 7}`,
      z: `t${(i + 2) % 7}`,
      f: `ft${i % 8}`,
      p: 's9',
      q: i % 2 === 0 ? 's9' : 's10',
    };
    return text.replace(/\{(\w)\}/g, (_match, key) => filled[key]) + (mode ?? '');
  });
}
