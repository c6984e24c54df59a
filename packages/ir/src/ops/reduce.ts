import { fail } from '../diagnostics/diagnostic.js';
import { isFloat, wrapWhole } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { elementCount, type Shape } from '../core/shape.js';
import { fromNumbers, fromWhole, tensorType, toWhole, type Tensor } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';
import { broadcastReader } from './indexing.js';

interface Reduction {
  readonly neutral: number;
  readonly combine: (a: number, x: number) => number;
  /** The same on whole numbers, exact; the neutral element of an order is the least or the largest of the type. */
  readonly whole: (a: bigint, x: bigint) => bigint;
}

const sum: Reduction = { neutral: 0, combine: (a, x) => a + x, whole: (a, x) => a + x };

/** Reductions: the combining function and its neutral element. */
export const REDUCTIONS = {
  sum,
  mean: sum,
  sumAbs: { neutral: 0, combine: (a, x) => a + Math.abs(x), whole: (a, x) => a + (x < 0n ? -x : x) },
  sumSquares: { neutral: 0, combine: (a, x) => a + x * x, whole: (a, x) => a + x * x },
  max: {
    neutral: -Infinity,
    combine: (a, x) => (Number.isNaN(a) ? a : Math.max(a, x)),
    whole: (a, x) => (a > x ? a : x),
  },
  min: {
    neutral: Infinity,
    combine: (a, x) => (Number.isNaN(a) ? a : Math.min(a, x)),
    whole: (a, x) => (a < x ? a : x),
  },
  prod: { neutral: 1, combine: (a, x) => a * x, whole: (a, x) => a * x },
} as const satisfies Record<string, Reduction>;

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
    if (x.dtype === 'bool' && attrs.mode !== 'max' && attrs.mode !== 'min') {
      fail('AIT2103', `the ${attrs.mode} of truth values makes no sense`, { where });
    }
    return [tensorType(x.dtype, resultShape(x.shape, attrs))];
  },
  evaluate(inputs, attrs) {
    const [x] = inputs;
    if (x === undefined) throw new Error('reduce without input');
    return [isFloat(x.dtype) ? reduceReal(x, attrs) : reduceWhole(x, attrs)];
  },
});

function reduceReal(x: Tensor, attrs: ReduceAttrs): Tensor {
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
  return fromNumbers(x.dtype, resultShape(x.shape, attrs), values);
}

function reduceWhole(x: Tensor, attrs: ReduceAttrs): Tensor {
  const kept = keptShape(x.shape, attrs.axes);
  const { neutral, whole } = REDUCTIONS[attrs.mode];
  const [least = 0n] = toWhole(fromNumbers(x.dtype, [1], [neutral]));
  // "Nothing" is true for the least of none.
  const start = x.dtype === 'bool' ? (attrs.mode === 'min' ? 1n : 0n) : least;
  const values = new BigInt64Array(elementCount(kept)).fill(start);
  const at = broadcastReader(kept, x.shape);
  toWhole(x).forEach((value, i) => {
    values[at(i)] = wrapWhole(x.dtype, whole(values[at(i)] ?? 0n, value));
  });
  const divisor = BigInt(values.length === 0 ? 1 : elementCount(x.shape) / values.length);
  if (attrs.mode === 'mean' && divisor > 0n) values.forEach((value, i) => (values[i] = value / divisor));
  return fromWhole(x.dtype, resultShape(x.shape, attrs), values);
}

function resultShape(shape: Shape, { axes, keepDims }: ReduceAttrs): Shape {
  return keepDims ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis));
}

function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}
