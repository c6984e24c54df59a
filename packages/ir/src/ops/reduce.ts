import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, type Shape } from '../core/shape.js';
import { fromNumbers, tensorType } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';
import { broadcastReader } from './indexing.js';

/** Reductions: the combining function and its neutral element. */
export const REDUCTIONS = {
  sum: { neutral: 0, combine: (a: number, x: number) => a + x },
  mean: { neutral: 0, combine: (a: number, x: number) => a + x },
  max: { neutral: -Infinity, combine: (a: number, x: number) => (Number.isNaN(a) ? a : Math.max(a, x)) },
  min: { neutral: Infinity, combine: (a: number, x: number) => (Number.isNaN(a) ? a : Math.min(a, x)) },
  prod: { neutral: 1, combine: (a: number, x: number) => a * x },
} as const;

export interface ReduceAttrs {
  readonly mode: keyof typeof REDUCTIONS;
  /** Canonical axes, ascending, non-negative. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Reduction over axes (ONNX ReduceSum, ReduceMean, …, GlobalAveragePool, GlobalMaxPool). */
export const reduce = defineOp<ReduceAttrs>({
  kind: 'reduce',
  traits: { layout: 'any' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (attrs.axes.some((axis, i) => axis < 0 || axis >= x.shape.length || axis <= (attrs.axes[i - 1] ?? -1))) {
      fail('AIT2102', `axes [${attrs.axes.join(',')}] do not fit rank ${x.shape.length}`, { where });
    }
    const shape = keptShape(x.shape, attrs.axes);
    return [tensorType(x.dtype, attrs.keepDims ? shape : shape.filter((_, axis) => !attrs.axes.includes(axis)))];
  },
  evaluate(inputs, attrs) {
    const [x] = inputs;
    if (x === undefined) throw new Error('reduce without input');
    const kept = keptShape(x.shape, attrs.axes);
    const { neutral, combine } = REDUCTIONS[attrs.mode];
    const values = resultBuffer(kept).fill(neutral);
    const at = broadcastReader(kept, x.shape);
    const count = elementCount(x.shape);
    for (let i = 0; i < count; i++) values[at(i)] = combine(values[at(i)] ?? 0, Number(x.data[i]));
    if (attrs.mode === 'mean') {
      const divisor = count / values.length;
      for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / divisor;
    }
    const shape = attrs.keepDims ? kept : kept.filter((_, axis) => !attrs.axes.includes(axis));
    return [fromNumbers(x.dtype, shape, values)];
  },
});

function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}
