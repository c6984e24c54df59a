/** Extents in the op's canonical axis order (images: N, C, H, W), whatever the physical layout. */
export type Shape = readonly number[];

/** Axes a tensor may have; see AIT_MAX_RANK of the runtime. */
export const MOST_AXES = 8;

/** Elements a tensor may have: kernels count some things in 32 bits. */
export const MOST_ELEMENTS = 2 ** 31 - 1;

/** True for a whole number from `least` to {@link MOST_ELEMENTS}: what counts elements of a tensor, or steps over them. */
export function isCount(value: number, least: 0 | 1): boolean {
  return Number.isInteger(value) && value >= least && value <= MOST_ELEMENTS;
}

/** Number of elements; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Strides, in elements, of a dense row-major tensor. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Multidirectional broadcasting (ONNX "Broadcasting", numpy rules); undefined when the shapes do not fit. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      const extent = shape[axis] ?? 1;
      const have = result[at] ?? 1;
      if (have === 1) result[at] = extent;
      else if (extent !== 1 && extent !== have) return undefined;
    }
  }
  return result;
}

/** A negative axis counts from the end (ONNX); undefined when out of range. */
export function normalizeAxis(axis: number, rank: number): number | undefined {
  const normal = axis < 0 ? axis + rank : axis;
  return Number.isInteger(normal) && normal >= 0 && normal < rank ? normal : undefined;
}

/** The window of a convolution or pool along one spatial axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  readonly padEnd: number;
}

/**
 * Output extent of a sliding window: floor((in + pads − ((k−1)·dilation + 1)) / stride) + 1.
 * With `ceil`, a last window that would start in the end padding is dropped (ONNX MaxPool, ceil_mode).
 */
export function windowOutput(input: number, window: Window, ceil = false): number {
  const span = (window.kernel - 1) * window.dilation + 1;
  const room = input + window.padBegin + window.padEnd - span;
  if (room < 0) return 0;
  if (!ceil) return Math.floor(room / window.stride) + 1;
  const output = Math.ceil(room / window.stride) + 1;
  return (output - 1) * window.stride >= input + window.padBegin ? output - 1 : output;
}

/** Padding of ONNX `auto_pad` SAME_UPPER (`upper`) or SAME_LOWER: output = ceil(input / stride). */
export function samePads(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  upper: boolean,
): readonly [begin: number, end: number] {
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input);
  const small = Math.floor(total / 2);
  return upper ? [small, total - small] : [total - small, small];
}
