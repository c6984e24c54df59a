import { fail } from '../diagnostics/diagnostic.js';
import { allocateData } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { broadcastShapes, elementCount, rowMajorStrides, sameShape, type Shape } from '../core/shape.js';
import { fromNumbers, tensorType, toNumbers } from '../core/tensor.js';
import { broadcastReader } from './indexing.js';
import { gatherElements } from './move.js';

export interface SliceAttrs {
  /** First index, step (not 0) and number of elements of every axis. */
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly sizes: readonly number[];
}

/** A strided box of a tensor (ONNX Slice, with every axis spelled out). */
export const slice = defineOp<SliceAttrs>({
  kind: 'slice',
  traits: { movesData: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    x.shape.forEach((extent, axis) => {
      const first = attrs.starts[axis] ?? 0;
      const size = attrs.sizes[axis] ?? 0;
      const last = first + (size - 1) * (attrs.steps[axis] ?? 1);
      if (size > 0 && (first < 0 || first >= extent || last < 0 || last >= extent)) {
        fail('AIT2102', `axis ${axis}: ${first}…${last} lies outside 0…${extent - 1}`, { where });
      }
    });
    return [tensorType(x.dtype, attrs.sizes)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('slice without input');
    const strides = rowMajorStrides(x.shape);
    const base = attrs.starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
    return [
      gatherElements(
        x,
        attrs.sizes,
        strides.map((stride, axis) => stride * (attrs.steps[axis] ?? 1)),
        base,
      ),
    ];
  },
});

export interface PadAttrs {
  readonly mode: 'constant' | 'reflect' | 'edge' | 'wrap';
  /** Elements added before and after every axis; negative ones crop. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
  /** Elements of `value` put between every two neighbours of an axis first; with mode constant only. */
  readonly between?: readonly number[];
}

/** Padding (ONNX Pad-19), and spreading apart. */
export const pad = defineOp<PadAttrs>({
  kind: 'pad',
  traits: { movesData: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    const shape = paddedShape(x.shape, attrs);
    if (attrs.before.length !== x.shape.length || attrs.after.length !== x.shape.length) {
      fail('AIT2102', `${attrs.before.length} pads do not fit rank ${x.shape.length}`, { where });
    }
    if (shape.some((extent) => extent < 0)) fail('AIT2102', 'crops more than there is', { where });
    if (attrs.between?.some((extra) => extra < 0 || (extra > 0 && attrs.mode !== 'constant')) === true) {
      fail('AIT2102', 'elements can be spread apart with constants only', { where });
    }
    if (attrs.mode !== 'constant' && x.shape.includes(0)) fail('AIT2101', 'nothing to repeat', { where });
    return [tensorType(x.dtype, shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('pad without input');
    const shape = paddedShape(x.shape, attrs);
    const out = allocateData(x.dtype, elementCount(shape)) as Float32Array;
    const from = rowMajorStrides(x.shape);
    const to = rowMajorStrides(shape);
    const fill = (fromNumbers(x.dtype, [1], [attrs.value]).data as Float32Array)[0] ?? 0;
    for (let i = 0; i < out.length; i++) {
      let at: number | undefined = 0;
      for (let axis = 0; axis < shape.length && at !== undefined; axis++) {
        const index = Math.floor(i / (to[axis] ?? 1)) % (shape[axis] ?? 1);
        const source = padSource(index, x.shape[axis] ?? 1, attrs, axis);
        at = source === undefined ? undefined : at + source * (from[axis] ?? 0);
      }
      out[i] = at === undefined ? fill : (x.data[at] as number);
    }
    return [{ dtype: x.dtype, shape, data: out }];
  },
});

function paddedShape(shape: Shape, attrs: PadAttrs): number[] {
  return shape.map((extent, axis) => {
    const spread = extent + Math.max(0, extent - 1) * (attrs.between?.[axis] ?? 0);
    return spread + (attrs.before[axis] ?? 0) + (attrs.after[axis] ?? 0);
  });
}

/** The source index of a place of the result along one axis of that extent; undefined = the constant. */
export function padSource(
  place: number,
  extent: number,
  { mode, before, between }: PadAttrs,
  axis: number,
): number | undefined {
  const apart = 1 + (between?.[axis] ?? 0);
  const index = (place - (before[axis] ?? 0)) / apart;
  if (!Number.isInteger(index)) return undefined;
  if (index >= 0 && index < extent) return index;
  if (mode === 'constant') return undefined;
  if (mode === 'edge') return index < 0 ? 0 : extent - 1;
  if (mode === 'wrap') return ((index % extent) + extent) % extent;
  if (extent === 1) return 0;
  const period = 2 * (extent - 1);
  const turn = ((index % period) + period) % period;
  return turn < extent ? turn : period - turn;
}

export interface GatherAttrs {
  readonly axis: number;
}

/** Slices of input 0 picked by the indices in input 1 (ONNX Gather); negative indices count from the end. */
export const gather = defineOp<GatherAttrs>({
  kind: 'gather',
  traits: { movesData: true, layout: 'rowMajor' },
  infer(inputs, attrs, where) {
    const [x, indices] = inputs;
    if (x === undefined || indices === undefined) fail('AIT2101', 'needs data and indices', { where });
    if (!(attrs.axis >= 0 && attrs.axis < x.shape.length)) {
      fail('AIT2102', `axis ${attrs.axis} is outside rank ${x.shape.length}`, { where });
    }
    const shape = [...x.shape.slice(0, attrs.axis), ...indices.shape, ...x.shape.slice(attrs.axis + 1)];
    return [tensorType(x.dtype, shape)];
  },
  evaluate([x, indices], attrs) {
    if (x === undefined || indices === undefined) throw new Error('gather needs data and indices');
    const extent = x.shape[attrs.axis] ?? 1;
    const outer = elementCount(x.shape.slice(0, attrs.axis));
    const inner = elementCount(x.shape.slice(attrs.axis + 1));
    const picks = toNumbers(indices).map((index) => (index < 0 ? index + extent : index));
    if (picks.some((index) => index < 0 || index >= extent)) {
      fail('AIT2102', `gather: an index lies outside 0…${extent - 1}`);
    }
    const out = allocateData(x.dtype, outer * picks.length * inner) as Float32Array;
    let at = 0;
    for (let o = 0; o < outer; o++) {
      for (const pick of picks) {
        const from = (o * extent + pick) * inner;
        out.set((x.data as Float32Array).subarray(from, from + inner), at);
        at += inner;
      }
    }
    const shape = [...x.shape.slice(0, attrs.axis), ...indices.shape, ...x.shape.slice(attrs.axis + 1)];
    return [{ dtype: x.dtype, shape, data: out }];
  },
});

export interface ExpandAttrs {
  readonly shape: Shape;
}

/** Broadcast to a shape (ONNX Expand, with the result's shape spelled out). */
export const expand = defineOp<ExpandAttrs>({
  kind: 'expand',
  traits: { movesData: true, layout: 'rowMajor' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    const shape = broadcastShapes(x.shape, attrs.shape);
    if (shape === undefined || !sameShape(shape, attrs.shape)) {
      fail('AIT2101', `[${x.shape.join(',')}] does not expand to [${attrs.shape.join(',')}]`, { where });
    }
    return [tensorType(x.dtype, attrs.shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('expand without input');
    const at = broadcastReader(x.shape, attrs.shape);
    const data = allocateData(x.dtype, elementCount(attrs.shape)) as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] = x.data[at(i)] as number;
    return [{ dtype: x.dtype, shape: attrs.shape, data }];
  },
});
