import { windowOutput, type Shape, type Window } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';

/** How a convolution moves over its input. */
export interface ConvGeometry {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

export type GroupedGeometry = ConvGeometry & { readonly groups: number };

/** The window along height (axis 0) or width (axis 1). */
export function conv2dWindow(weight: Shape, attrs: ConvGeometry, axis: 0 | 1): Window {
  return {
    kernel: weight[2 + axis] ?? 1,
    stride: attrs.strides[axis],
    dilation: attrs.dilations[axis],
    padBegin: attrs.pads[axis],
    padEnd: attrs.pads[axis === 0 ? 2 : 3],
  };
}

export function convolvedShape(x: Shape, w: Shape, attrs: ConvGeometry): Shape {
  const extent = (axis: 0 | 1): number => windowOutput(x[2 + axis] ?? 0, conv2dWindow(w, attrs, axis));
  return [x[0] ?? 0, w[0] ?? 0, extent(0), extent(1)];
}

/** The sums of a convolution, without its steps, and their shape. */
export function convolve(x: Tensor, w: Tensor, attrs: GroupedGeometry): { shape: Shape; values: Float64Array } {
  const shape = convolvedShape(x.shape, w.shape, attrs);
  const values = resultBuffer(shape);
  accumulate(values, shape, x, w, attrs);
  return { shape, values };
}

/** Adds, for every output channel, each weight times the input row it meets: an axpy per row keeps it fast enough. */
function accumulate(values: Float64Array, shape: Shape, x: Tensor, w: Tensor, attrs: GroupedGeometry): void {
  const [n = 0, co = 0, oh = 0, ow = 0] = shape;
  const [, ci = 0, h = 0, width = 0] = x.shape;
  const [, cg = 0, kh = 0, kw = 0] = w.shape;
  const perGroup = co / attrs.groups;
  const input = x.data as Float32Array;
  const weight = w.data as Float32Array;
  const tap: Tap = { ow, width, strideW: attrs.strides[1], shift: 0 };
  for (let batch = 0; batch < n; batch++) {
    for (let o = 0; o < co; o++) {
      const firstChannel = Math.floor(o / perGroup) * cg;
      const outPlane = (batch * co + o) * oh * ow;
      for (let k = 0; k < cg * kh * kw; k++) {
        const value = weight[o * cg * kh * kw + k] ?? 0;
        if (value === 0) continue;
        const c = Math.floor(k / (kh * kw));
        const dy = (Math.floor(k / kw) % kh) * attrs.dilations[0] - attrs.pads[0];
        tap.shift = (k % kw) * attrs.dilations[1] - attrs.pads[1];
        const inPlane = (batch * ci + firstChannel + c) * h * width;
        for (let y = 0; y < oh; y++) {
          const row = y * attrs.strides[0] + dy;
          if (row >= 0 && row < h) axpyRow(values, outPlane + y * ow, input, inPlane + row * width, value, tap);
        }
      }
    }
  }
}

interface Tap {
  readonly ow: number;
  readonly width: number;
  readonly strideW: number;
  shift: number;
}

function axpyRow(out: Float64Array, at: number, x: Float32Array, from: number, value: number, tap: Tap): void {
  const { ow, width, strideW, shift } = tap;
  const first = shift < 0 ? Math.ceil(-shift / strideW) : 0;
  const last = Math.min(ow, Math.floor((width - 1 - shift) / strideW) + 1);
  for (let i = first; i < last; i++) {
    out[at + i] = (out[at + i] as number) + value * (x[from + i * strideW + shift] as number);
  }
}
