import { layoutStrides, rowMajorStrides, type Node, type ReduceAttrs, type TensorType } from '@ait-rvv/ir';
import { collapseLoops, type Loops } from './loops.js';

/** A reduction as loops: over the kept axes (strides of x, then of the result) and over the reduced ones (of x). */
export interface ReduceLoops {
  readonly kept: Loops;
  readonly reduced: Loops;
}

/** The loops of a reduction of `x`; the result is row-major over the kept axes, whatever the order of x. */
export function reduceLoops(node: Node<ReduceAttrs>, x: TensorType): ReduceLoops {
  const own = layoutStrides(x.shape, x.layout);
  const isReduced = (axis: number): boolean => node.attrs.axes.includes(axis);
  const dense = rowMajorStrides(x.shape.map((extent, axis) => (isReduced(axis) ? 1 : extent)));
  const at = (values: readonly number[], axes: readonly number[]): number[] => axes.map((axis) => values[axis] ?? 1);
  const keptAxes = x.shape.map((_, axis) => axis).filter((axis) => !isReduced(axis));
  const reducedAxes = x.layout.order.filter(isReduced);
  return {
    kept: collapseLoops({ extents: at(x.shape, keptAxes), strides: [at(own, keptAxes), at(dense, keptAxes)] }),
    reduced: collapseLoops({ extents: at(x.shape, reducedAxes), strides: [at(own, reducedAxes)] }),
  };
}

/**
 * The loops over the kept and over the reduced axes of `x`, both in its memory order; tensors: x, then others whose
 * strides along the axes of x are given.
 */
export function lineLoops(x: TensorType, axes: readonly number[], others: readonly (readonly number[])[]): ReduceLoops {
  const strides = [layoutStrides(x.shape, x.layout), ...others];
  const over = (wanted: (axis: number) => boolean): Loops => {
    const order = x.layout.order.filter(wanted);
    return collapseLoops({
      extents: order.map((axis) => x.shape[axis] ?? 1),
      strides: strides.map((own) => order.map((axis) => own[axis] ?? 0)),
    });
  };
  return { kept: over((axis) => !axes.includes(axis)), reduced: over((axis) => axes.includes(axis)) };
}
