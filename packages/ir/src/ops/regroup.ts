import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, type Shape } from '../core/shape.js';
import { tensorType, type Tensor } from '../core/tensor.js';
import { gatherElements } from './move.js';
import { rowMajorStrides } from '../core/shape.js';

export interface ReshapeAttrs {
  readonly shape: Shape;
}

/** The same elements, in row-major order, under another shape (ONNX Reshape, Flatten, Squeeze, Unsqueeze). */
export const reshape = defineOp<ReshapeAttrs>({
  kind: 'reshape',
  traits: { movesData: true, layout: 'rename' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (elementCount(x.shape) !== elementCount(attrs.shape)) {
      fail('AIT2101', `[${x.shape.join(',')}] cannot be reshaped to [${attrs.shape.join(',')}]`, { where });
    }
    return [tensorType(x.dtype, attrs.shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('reshape without input');
    return [{ ...x, shape: attrs.shape }];
  },
});

export interface TransposeAttrs {
  /** Output axis `i` is input axis `perm[i]`. */
  readonly perm: readonly number[];
}

/** Axes in another order (ONNX Transpose). */
export const transpose = defineOp<TransposeAttrs>({
  kind: 'transpose',
  traits: { movesData: true, layout: 'rename' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    const sorted = [...attrs.perm].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, index) => axis !== index)) {
      fail('AIT2102', `perm [${attrs.perm.join(',')}] is no order of ${x.shape.length} axes`, { where });
    }
    return [tensorType(x.dtype, permuted(x.shape, attrs.perm))];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('transpose without input');
    const strides = permuted(rowMajorStrides(x.shape), attrs.perm);
    return [gatherElements(x, permuted(x.shape, attrs.perm), strides, 0)];
  },
});

/** A change of layout only: the same tensor, moved in memory. Made by layout assignment. */
export const relayout = defineOp<Record<string, never>>({
  kind: 'relayout',
  traits: { movesData: true, layout: 'rename' },
  infer(inputs, _attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    return [x];
  },
  evaluate([x]: readonly Tensor[]) {
    if (x === undefined) throw new Error('relayout without input');
    return [x];
  },
});

export interface ConcatAttrs {
  readonly axis: number;
}

/** Joins tensors along an axis (ONNX Concat). */
export const concat = defineOp<ConcatAttrs>({
  kind: 'concat',
  traits: { movesData: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [first, ...rest] = inputs;
    if (first === undefined) fail('AIT2101', 'needs an input', { where });
    if (!(attrs.axis >= 0 && attrs.axis < first.shape.length)) {
      fail('AIT2102', `axis ${attrs.axis} is outside rank ${first.shape.length}`, { where });
    }
    for (const other of rest) {
      const fits =
        other.dtype === first.dtype &&
        other.shape.length === first.shape.length &&
        other.shape.every((extent, axis) => axis === attrs.axis || extent === first.shape[axis]);
      if (!fits) {
        const list = `[${first.shape.join(',')}] and [${other.shape.join(',')}]`;
        fail('AIT2101', `${list} cannot be joined along axis ${attrs.axis}`, { where });
      }
    }
    const extent = inputs.reduce((sum, input) => sum + (input.shape[attrs.axis] ?? 0), 0);
    return [tensorType(first.dtype, first.shape.with(attrs.axis, extent))];
  },
  evaluate(inputs, attrs) {
    const [first] = inputs;
    if (first === undefined) throw new Error('concat without input');
    const extent = inputs.reduce((sum, input) => sum + (input.shape[attrs.axis] ?? 0), 0);
    const shape = first.shape.with(attrs.axis, extent);
    const inner = elementCount(shape.slice(attrs.axis + 1));
    const outer = elementCount(shape.slice(0, attrs.axis));
    const data = first.data.slice(0, 0).constructor as new (n: number) => Float32Array;
    const out = new data(elementCount(shape));
    let offset = 0;
    for (const input of inputs) {
      const run = (input.shape[attrs.axis] ?? 0) * inner;
      for (let i = 0; i < outer; i++) {
        out.set((input.data as Float32Array).subarray(i * run, (i + 1) * run), i * extent * inner + offset);
      }
      offset += run;
    }
    return [{ dtype: first.dtype, shape, data: out }];
  },
});

export interface SplitAttrs {
  readonly axis: number;
  /** Extent of each output along the axis. */
  readonly sizes: readonly number[];
}

/** Cuts a tensor along an axis (ONNX Split); one output per size. */
export const split = defineOp<SplitAttrs>({
  kind: 'split',
  traits: { movesData: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    const sum = attrs.sizes.reduce((total, size) => total + size, 0);
    if (sum !== x.shape[attrs.axis] || attrs.sizes.some((size) => size < 0)) {
      const message = `sizes [${attrs.sizes.join(',')}] do not make up axis ${attrs.axis} of [${x.shape.join(',')}]`;
      fail('AIT2102', message, { where });
    }
    return attrs.sizes.map((size) => tensorType(x.dtype, x.shape.with(attrs.axis, size)));
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('split without input');
    const strides = rowMajorStrides(x.shape);
    let start = 0;
    return attrs.sizes.map((size) => {
      const part = gatherElements(x, x.shape.with(attrs.axis, size), strides, start * (strides[attrs.axis] ?? 1));
      start += size;
      return part;
    });
  },
});

function permuted(values: readonly number[], perm: readonly number[]): number[] {
  return perm.map((axis) => values[axis] ?? 1);
}
