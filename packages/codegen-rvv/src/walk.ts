import { broadcastLoops, type CField } from '@ait-rvv/codegen-core';
import type { TensorType } from '@ait-rvv/ir';
import type { OperandForm } from './epilogue.js';
import { sizes } from './fields.js';
import { padLoops, type Loops } from './loops.js';

/** Loops of the kernels that walk several tensors together: see shared/walk.njk. */
const LOOPS = 6;

/** Tensors walked together over the elements of the first one, the result. */
export interface Walk {
  /** Extents and strides of the six loops, outermost first; the result is dense. */
  readonly loops: Loops;
  /** How each tensor is read along the innermost loop. */
  readonly forms: readonly OperandForm[];
}

/** The walk over `result` with operands that are broadcast to it; a text says why there is none. */
export function bindWalk(result: TensorType, operands: readonly TensorType[]): Walk | string {
  const loops = broadcastLoops(result, operands);
  if (loops === undefined) return 'blocked layouts are not supported';
  return asWalk(loops) ?? `the operands are broadcast along more than ${LOOPS} separate axes`;
}

/** Loops as the kernels walk them; undefined when there are too many. */
export function asWalk(loops: Loops): Walk | undefined {
  const padded = padLoops(loops, LOOPS);
  return padded === undefined ? undefined : { loops: padded, forms: padded.strides.map(formOf) };
}

function formOf(strides: readonly number[]): OperandForm {
  const inner = strides[LOOPS - 1] ?? 0;
  return inner === 0 ? 'row' : inner === 1 ? 'lane' : 'strided';
}

/** The `dims` field of the arguments. */
export function walkDims({ loops }: Walk): CField {
  return sizes('dims', loops.extents);
}

/** The stride field of tensor `index`. */
export function walkStride(name: string, { loops }: Walk, index: number): CField {
  return sizes(name, loops.strides[index] ?? []);
}

/** The tensor is walked exactly like the result, so that the result may lie on it. */
export function sameWalk({ loops }: Walk, index: number): boolean {
  const [result = []] = loops.strides;
  return (loops.strides[index] ?? []).every((stride, loop) => loops.extents[loop] === 1 || stride === result[loop]);
}

/** Turns of all loops, and of the innermost one in strips of `lanes`. */
export function walkStrips({ loops }: Walk, lanes: number): number {
  const rows = loops.extents.slice(0, -1).reduce((product, extent) => product * extent, 1);
  return rows * Math.ceil((loops.extents[LOOPS - 1] ?? 1) / lanes);
}

/** A short name of the forms for a symbol: empty when all tensors are contiguous. */
export function formsText(forms: readonly OperandForm[]): string {
  return forms.every((form) => form === 'lane') ? '' : forms.map((form) => form.charAt(0)).join('');
}
