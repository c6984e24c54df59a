import type { ValueId } from '../core/graph.js';
import type { OpDef } from '../core/op.js';
import { elementCount, rowMajorStrides, windowOutput, type Shape, type Window } from '../core/shape.js';
import { tensorI64, type Tensor } from '../core/tensor.js';
import { reshape } from './regroup.js';
import { gather, pad } from './select.js';

/** How whoever lowers an op makes inner nodes and constants; `part` ends their names. */
export interface Maker {
  emit<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, part: string): ValueId;
  value(tensor: Tensor, part: string): ValueId;
}

/** The windows of a sliding op over all axes from axis 2 on. */
export interface Windows {
  /** One per axis. */
  readonly axes: readonly Window[];
  readonly ceil: boolean;
}

/** Extents of the result along the axes of the windows. */
export function windowExtents(spatial: Shape, { axes, ceil }: Windows): number[] {
  return axes.map((window, axis) => windowOutput(spatial[axis] ?? 0, window, ceil));
}

/**
 * Everything that windows of any number of axes see: x [N, C, …] becomes [N, C, K, P], K the places of a window and P
 * the windows, both row-major; `fill` stands where a window hangs over the edge. A sliding op without a kernel of its
 * own is a reduction or a product over K.
 */
export function patches(make: Maker, x: ValueId, shape: Shape, windows: Windows, fill: number): ValueId {
  const [batch = 1, channels = 1, ...spatial] = shape;
  const outputs = windowExtents(spatial, windows);
  const reach = windows.axes.map(
    ({ kernel, stride, dilation }, axis) => ((outputs[axis] ?? 1) - 1) * stride + (kernel - 1) * dilation + 1,
  );
  const before = windows.axes.map(({ padBegin }) => padBegin);
  const after = reach.map((extent, axis) => Math.max(0, extent - (spatial[axis] ?? 0) - (before[axis] ?? 0)));
  const plane = spatial.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0));
  const padded = [...before, ...after].every((extra) => extra === 0)
    ? x
    : make.emit(
        pad,
        [x],
        { mode: 'constant', before: [0, 0, ...before], after: [0, 0, ...after], value: fill },
        'padded',
      );
  const flat = make.emit(reshape, [padded], { shape: [batch, channels, elementCount(plane)] }, 'planes');
  const strides = rowMajorStrides(plane);
  const table = placesSeen(windows, outputs, (axis, place) => place * (strides[axis] ?? 1));
  const kernel = elementCount(windows.axes.map((window) => window.kernel));
  const indices = make.value(tensorI64([kernel, elementCount(outputs)], table), 'places');
  return make.emit(gather, [flat, indices], { axis: 2 }, 'patches');
}

/**
 * For every place of the window and every window the sum over the axes of `part(axis, place)`, `place` counted from the
 * beginning of the padding; row-major [K, P].
 */
export function placesSeen(
  { axes }: Windows,
  outputs: readonly number[],
  part: (axis: number, place: number) => number,
): number[] {
  const result: number[] = [];
  const kernels = axes.map((window) => window.kernel);
  for (const tap of counted(kernels)) {
    for (const window of counted(outputs)) {
      let sum = 0;
      axes.forEach(({ stride, dilation }, axis) => {
        sum += part(axis, (window[axis] ?? 0) * stride + (tap[axis] ?? 0) * dilation);
      });
      result.push(sum);
    }
  }
  return result;
}

/** All indices of a shape in row-major order. */
function counted(shape: Shape): readonly (readonly number[])[] {
  const strides = rowMajorStrides(shape);
  return Array.from({ length: elementCount(shape) }, (_, i) =>
    shape.map((extent, axis) => Math.floor(i / (strides[axis] ?? 1)) % extent),
  );
}
