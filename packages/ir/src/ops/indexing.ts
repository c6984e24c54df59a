import { elementCount, rowMajorStrides, sameShape, type Shape } from '../core/shape.js';

/** Maps a row-major index of `to` to the row-major index of a tensor of shape `from` broadcast to it. */
export function broadcastReader(from: Shape, to: Shape): (index: number) => number {
  if (sameShape(from, to)) return (index) => index;
  if (elementCount(from) === 1) return () => 0;
  const own = rowMajorStrides(from);
  const lead = to.length - from.length;
  const strides = to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0)));
  return stridedReader(to, strides, 0);
}

/** Maps a row-major index of `shape` to `base + Σ coordinate·stride`. */
export function stridedReader(shape: Shape, strides: readonly number[], base: number): (index: number) => number {
  const { extents, steps } = collapse(shape, strides);
  return (index) => {
    let rest = index;
    let at = base;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const extent = extents[axis] ?? 1;
      const high = Math.floor(rest / extent);
      at += (rest - high * extent) * (steps[axis] ?? 0);
      rest = high;
    }
    return at;
  };
}

/** Merges neighbouring axes that one stride covers, so that readers divide less often. */
function collapse(shape: Shape, strides: readonly number[]): { extents: number[]; steps: number[] } {
  const extents: number[] = [];
  const steps: number[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const stride = strides[axis] ?? 0;
    const last = extents.length - 1;
    if (last >= 0 && steps[last] === stride * extent) {
      extents[last] = (extents[last] ?? 1) * extent;
      steps[last] = stride;
    } else {
      extents.push(extent);
      steps.push(stride);
    }
  });
  return { extents, steps };
}
