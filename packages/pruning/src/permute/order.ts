import { elementCount, type Tensor } from '@ait-rvv/ir';

/** New place `i` holds what was at `order[i]`. */
export type Order = Uint32Array;

export function identityOrder(extent: number): Order {
  return Uint32Array.from({ length: extent }, (_, index) => index);
}

export function inverseOrder(order: Order): Order {
  const inverse = new Uint32Array(order.length);
  order.forEach((from, to) => void (inverse[from] = to));
  return inverse;
}

export function isIdentity(order: Order): boolean {
  return order.every((from, to) => from === to);
}

/** From so many elements on, a call that moves them all is faster than a loop. */
const LONG_RUN = 32;

/** The tensor with the slices along an axis in another order. */
export function reorderAxis(tensor: Tensor, axis: number, order: Order): Tensor {
  if (isIdentity(order)) return tensor;
  const { shape } = tensor;
  const extent = shape[axis] ?? 1;
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const source = tensor.data as Float32Array;
  const data = source.slice();
  for (let o = 0; o < outer; o++) {
    for (let to = 0; to < extent; to++) {
      const read = (o * extent + (order[to] as number)) * inner;
      const write = (o * extent + to) * inner;
      if (inner >= LONG_RUN) data.set(source.subarray(read, read + inner), write);
      else for (let i = 0; i < inner; i++) data[write + i] = source[read + i] as number;
    }
  }
  return { ...tensor, data };
}
