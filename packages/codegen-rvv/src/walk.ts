import type { CField } from '@ait-rvv/codegen-core';
import { layoutStrides, type Shape, type TensorType } from '@ait-rvv/ir';
import type { OperandForm } from './epilogue.js';
import { sizes } from './fields.js';
import { collapseLoops, padLoops, type Loops } from './loops.js';

/** Loops of the kernels that walk several tensors together: see shared/walk.njk. */
const LOOPS = 6;

/** Tensors walked together over the elements of the first one, the result. */
export interface Walk {
  /** Extents and strides of the six loops, outermost first; the result is dense. */
  readonly loops: Loops;
  /** How each tensor is read along the innermost loop. */
  readonly forms: readonly OperandForm[];
}

/** Stride of a tensor along every axis of a shape it is broadcast to; 0 where it repeats. */
export function broadcastStrides(type: TensorType, shape: Shape): number[] {
  const own = layoutStrides(type.shape, type.layout);
  const lead = shape.length - type.shape.length;
  return shape.map((_, axis) => (axis < lead || type.shape[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0)));
}

/**
 * The walk over `result`, in its memory order, with operands of the given strides (per canonical axis of the result);
 * a text says why there is none.
 */
export function bindWalk(result: TensorType, operands: readonly (readonly number[])[]): Walk | string {
  const { order, block } = result.layout;
  if (block !== undefined) return 'blocked layouts are not supported';
  const canonical = [layoutStrides(result.shape, result.layout), ...operands];
  const loops = collapseLoops({
    extents: order.map((axis) => result.shape[axis] ?? 1),
    strides: canonical.map((own) => order.map((axis) => own[axis] ?? 0)),
  });
  const padded = padLoops(loops, LOOPS);
  if (padded === undefined) return `the operands are broadcast along more than ${LOOPS} separate axes`;
  return { loops: padded, forms: padded.strides.map(formOf) };
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
