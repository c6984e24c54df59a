import { root } from '@ait-rvv/rvv-kernels';
import nunjucks from 'nunjucks';
import { join } from 'node:path';

/** How an element type is spelled in C and in the RVV intrinsics; the `dtype` parameter of every template. */
export interface TemplateDType {
  readonly name: 'f32';
  readonly c: string;
  /** Type part of intrinsic suffixes: `f32` in `vfadd_vv_f32m4`. */
  readonly v: string;
  /** Type part of vector types: `float32` in `vfloat32m4_t`. */
  readonly vc: string;
  readonly load: string;
  readonly store: string;
  readonly load_strided: string;
  readonly store_strided: string;
  readonly vsetvl: string;
  readonly vlmax: string;
  /** Bits of one element. */
  readonly sew: number;
}

export const F32: TemplateDType = {
  name: 'f32',
  c: 'float',
  v: 'f32',
  vc: 'float32',
  load: '__riscv_vle32',
  store: '__riscv_vse32',
  load_strided: '__riscv_vlse32',
  store_strided: '__riscv_vsse32',
  vsetvl: '__riscv_vsetvl_e32',
  vlmax: '__riscv_vsetvlmax_e32',
  sew: 32,
};

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(join(root, 'templates')), {
  // C is not HTML; names from a model never reach a template, only identifiers made by c-names do.
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});

/** Expands `templates/<path>`; an undefined parameter or a broken template throws with the template's name. */
export function expandTemplate(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const body = environment.render(path, { ...parameters });
  return `${body
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
