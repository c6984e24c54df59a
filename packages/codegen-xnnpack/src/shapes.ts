import { transpose, type Shape, type Tensor, type TensorType } from '@ait-rvv/ir';

/** Most axes XNNPACK knows. */
export const MOST_AXES = 6;

/** The extents of a tensor in the order of its memory, which is how XNNPACK sees it; a scalar has one axis. */
export function memoryDims({ shape, layout }: TensorType): Shape {
  return atLeastOne(layout.order.map((axis) => shape[axis] ?? 1));
}

/**
 * The extents an operand has beside a result: in the order of the result's memory, 1 where it is broadcast. Undefined
 * when the operand's own memory is in another order.
 */
export function alignedDims(operand: TensorType, result: TensorType): Shape | undefined {
  const lead = result.shape.length - operand.shape.length;
  const own = result.layout.order.map((axis) => axis - lead).filter((axis) => axis >= 0);
  const real = (order: readonly number[]): string => order.filter((axis) => operand.shape[axis] !== 1).join();
  return real(own) === real(operand.layout.order) ? broadcastDims(operand.shape, result) : undefined;
}

/** The same whatever the operand's own order: for constants, which are stored as they are needed. */
export function broadcastDims(operand: Shape, result: TensorType): Shape {
  const lead = result.shape.length - operand.length;
  return atLeastOne(result.layout.order.map((axis) => (axis < lead ? 1 : (operand[axis - lead] ?? 1))));
}

/** A constant with its axes in another order. */
export function reordered(tensor: Tensor, perm: readonly number[]): Tensor {
  const [moved = tensor] = perm.every((axis, index) => axis === index)
    ? [tensor]
    : transpose.evaluate([tensor], { perm });
  return moved;
}

/** A constant in the order of a result's memory, for an operand that may be of lower rank. */
export function inResultOrder(tensor: Tensor, result: TensorType): Tensor {
  const lead = result.shape.length - tensor.shape.length;
  return reordered(
    tensor,
    result.layout.order.map((axis) => axis - lead).filter((axis) => axis >= 0),
  );
}

function atLeastOne(dims: Shape): Shape {
  return dims.length === 0 ? [1] : dims;
}
