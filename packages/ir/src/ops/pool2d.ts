import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, isCount, MOST_ELEMENTS, windowOutput, type Shape, type Window } from '../core/shape.js';
import { fromNumbers, tensorType, type Tensor } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';
import { requireReal } from './real.js';

export interface Pool2dAttrs {
  readonly mode: 'max' | 'average';
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly ceil: boolean;
  /** Average: padding counts as zeros in the divisor (ONNX count_include_pad). */
  readonly countIncludePad: boolean;
}

/** 2-D max or average pooling (ONNX MaxPool, AveragePool). Input [N, C, H, W], output [N, C, OH, OW]. */
export const pool2d = defineOp<Pool2dAttrs>({
  kind: 'pool2d',
  traits: { layout: 'image' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x?.shape.length !== 4) fail('AIT2101', 'needs a rank-4 input', { where });
    const positive = [...attrs.kernel, ...attrs.strides, ...attrs.dilations];
    if (positive.some((value) => !isCount(value, 1))) {
      fail('AIT2102', `kernel, strides and dilations must be whole numbers from 1 to ${MOST_ELEMENTS}`, { where });
    }
    if (attrs.pads.some((value) => !isCount(value, 0))) {
      fail('AIT2102', `pads must be whole numbers from 0 to ${MOST_ELEMENTS}`, { where });
    }
    const shape = outputShape(x.shape, attrs);
    if (elementCount(shape) === 0 && elementCount(x.shape) > 0) {
      const window = attrs.kernel.join('x');
      fail('AIT2101', `the ${window} window is larger than the padded ${x.shape[2]}x${x.shape[3]} input`, { where });
    }
    if (attrs.mode === 'average') requireReal(x, 'the average', where);
    return [tensorType(x.dtype, shape)];
  },
  evaluate(inputs, attrs) {
    const [x] = inputs;
    if (x === undefined) throw new Error('pool2d without input');
    const shape = outputShape(x.shape, attrs);
    const values = resultBuffer(shape);
    const [n = 0, c = 0, oh = 0, ow = 0] = shape;
    let at = 0;
    for (let plane = 0; plane < n * c; plane++) {
      for (let y = 0; y < oh; y++) for (let xx = 0; xx < ow; xx++) values[at++] = poolWindow(x, plane, y, xx, attrs);
    }
    return [fromNumbers(x.dtype, shape, values)];
  },
  steps: (_inputs, outputs, { kernel }) => elementCount(outputs[0]?.shape ?? [0]) * kernel[0] * kernel[1],
});

export function pool2dWindow(attrs: Pool2dAttrs, axis: 0 | 1): Window {
  return {
    kernel: attrs.kernel[axis],
    stride: attrs.strides[axis],
    dilation: attrs.dilations[axis],
    padBegin: attrs.pads[axis],
    padEnd: attrs.pads[axis === 0 ? 2 : 3],
  };
}

function outputShape(x: Shape, attrs: Pool2dAttrs): Shape {
  const extent = (axis: 0 | 1): number => windowOutput(x[2 + axis] ?? 0, pool2dWindow(attrs, axis), attrs.ceil);
  return [x[0] ?? 0, x[1] ?? 0, extent(0), extent(1)];
}

function poolWindow(x: Tensor, plane: number, oy: number, ox: number, attrs: Pool2dAttrs): number {
  const [, , h = 0, w = 0] = x.shape;
  let best = -Infinity;
  let sum = 0;
  let inside = 0;
  let counted = 0;
  for (let ky = 0; ky < attrs.kernel[0]; ky++) {
    const y = oy * attrs.strides[0] + ky * attrs.dilations[0] - attrs.pads[0];
    for (let kx = 0; kx < attrs.kernel[1]; kx++) {
      const xx = ox * attrs.strides[1] + kx * attrs.dilations[1] - attrs.pads[1];
      // A window that ceil mode lets hang over the end padding counts only what lies within the padding.
      if (y < h + attrs.pads[2] && xx < w + attrs.pads[3]) counted++;
      if (y < 0 || y >= h || xx < 0 || xx >= w) continue;
      const value = Number(x.data[(plane * h + y) * w + xx]);
      if (value > best || Number.isNaN(value)) best = value;
      sum += value;
      inside++;
    }
  }
  if (attrs.mode === 'max') return best;
  return sum / (attrs.countIncludePad ? counted : inside);
}
