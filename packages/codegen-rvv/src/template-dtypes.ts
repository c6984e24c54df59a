import type { DType } from '@ait-rvv/ir';

/** How an element type is spelled in C and in the RVV intrinsics; the `dtype` parameter of every template. */
export interface TemplateDType {
  readonly name: DType;
  readonly c: string;
  /** Type part of intrinsic suffixes: `f32` in `vfadd_vv_f32m4`. */
  readonly v: string;
  /** Type part of vector types: `float32` in `vfloat32m4_t`. */
  readonly vc: string;
  readonly float: boolean;
  readonly signed: boolean;
  readonly load: string;
  readonly store: string;
  readonly load_strided: string;
  readonly store_strided: string;
  readonly vsetvl: string;
  readonly vlmax: string;
  /** One scalar in every lane. */
  readonly splat: string;
  /** Chooses between a vector (mask clear) and a scalar (mask set). */
  readonly merge_scalar: string;
  /** Bits of one element. */
  readonly sew: number;
  /** LMUL that has as many lanes as one register of bytes, whose masks are vbool8. */
  readonly l8: number;
  /** LMUL that has as many lanes as four registers of 64 bits, whose masks are vbool16. */
  readonly l16: string;
  /** C type that sums and products are made in, so that nothing overflows that C leaves undefined. */
  readonly sum: string;
}

interface Spelling {
  readonly c: string;
  readonly sew: 8 | 16 | 32 | 64;
  readonly kind: 'float' | 'int' | 'uint';
}

function spelled(name: DType, { c, sew, kind }: Spelling): TemplateDType {
  const float = kind === 'float';
  return {
    name,
    c,
    v: `${kind.charAt(0)}${sew}`,
    vc: `${kind}${sew}`,
    float,
    signed: kind !== 'uint',
    load: `__riscv_vle${sew}`,
    store: `__riscv_vse${sew}`,
    load_strided: `__riscv_vlse${sew}`,
    store_strided: `__riscv_vsse${sew}`,
    vsetvl: `__riscv_vsetvl_e${sew}`,
    vlmax: `__riscv_vsetvlmax_e${sew}`,
    splat: float ? '__riscv_vfmv_v_f' : '__riscv_vmv_v_x',
    merge_scalar: float ? '__riscv_vfmerge_vfm' : '__riscv_vmerge_vxm',
    sew,
    l8: sew / 8,
    l16: sew === 8 ? 'mf2' : `m${sew / 16}`,
    sum: float ? c : 'uint64_t',
  };
}

/** f16 is moved as the bits it is; truth values are bytes of 0 and 1. */
export const TEMPLATE_DTYPES: Readonly<Record<DType, TemplateDType>> = {
  f32: spelled('f32', { c: 'float', sew: 32, kind: 'float' }),
  f64: spelled('f64', { c: 'double', sew: 64, kind: 'float' }),
  f16: spelled('f16', { c: 'uint16_t', sew: 16, kind: 'uint' }),
  i8: spelled('i8', { c: 'int8_t', sew: 8, kind: 'int' }),
  u8: spelled('u8', { c: 'uint8_t', sew: 8, kind: 'uint' }),
  u16: spelled('u16', { c: 'uint16_t', sew: 16, kind: 'uint' }),
  i32: spelled('i32', { c: 'int32_t', sew: 32, kind: 'int' }),
  i64: spelled('i64', { c: 'int64_t', sew: 64, kind: 'int' }),
  bool: spelled('bool', { c: 'uint8_t', sew: 8, kind: 'uint' }),
};

export const F32 = TEMPLATE_DTYPES.f32;
