import type { ValueId } from '../../core/graph.js';
import { elementCount, rowMajorStrides, type Window } from '../../core/shape.js';
import { tensorI64 } from '../../core/tensor.js';
import { conv2d } from '../../ops/conv2d.js';
import { patches, placesSeen, windowExtents, type Windows } from '../../ops/patches.js';
import { pool2d } from '../../ops/pool2d.js';
import { reduce } from '../../ops/reduce.js';
import { reshape } from '../../ops/regroup.js';
import { gather } from '../../ops/select.js';
import type { EpilogueStep } from '../../ops/steps.js';
import { topk } from '../../ops/topk.js';
import type { Convert, NodeContext } from '../node-context.js';
import { asPicture, fromPicture, pairs, pictureWindows, windowAttributes } from './window.js';

function poolWindows(node: NodeContext): Windows {
  const { windows } = windowAttributes(node);
  return { axes: windows, ceil: node.attributes.int('ceil_mode', 0) !== 0 };
}

export const convertMaxPool: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const windows = poolWindows(node);
  const columnMajor = node.attributes.int('storage_order', 0) !== 0;
  const pictures = pictureWindows(windows.axes);
  const plain = pictures !== undefined && node.type(x).dtype === 'f32';
  const maxima = plain
    ? pooled(node, pictures, { mode: 'max', ceil: windows.ceil, countIncludePad: false })
    : reducedPatches(node, windows, -Infinity, 'max');
  if (!node.wants(1)) return maxima;
  return [...maxima, argMax(node, x, shape, windows, columnMajor)];
};

interface Pooling {
  readonly mode: 'max' | 'average';
  readonly ceil: boolean;
  readonly countIncludePad: boolean;
}

function pooled(node: NodeContext, windows: readonly [Window, Window], pooling: Pooling): readonly ValueId[] {
  const rank = node.shape(0).length;
  const attrs = { ...pairs(windows), ...pooling };
  const x = asPicture(node, node.input(0), 'picture');
  if (rank === 4) return node.result(pool2d, [x], attrs);
  return fromPicture(node, node.emit(pool2d, [x], attrs, 'pooled'), rank);
}

/** What no pooling kernel takes: a reduction over all that the windows see. */
function reducedPatches(node: NodeContext, windows: Windows, fill: number, mode: 'max' | 'sum'): readonly ValueId[] {
  const [batch = 1, channels = 1, ...spatial] = node.shape(0);
  const seen = patches(node, node.input(0), node.shape(0), windows, fill);
  const best = node.emit(reduce, [seen], { mode, axes: [2], keepDims: false }, mode);
  return node.result(reshape, [best], { shape: [batch, channels, ...windowExtents(spatial, windows)] });
}

/** The linear index in the whole tensor of every maximum; the last axis varies fastest, or with `columnMajor` slowest. */
function argMax(
  node: NodeContext,
  x: ValueId,
  shape: readonly number[],
  windows: Windows,
  columnMajor: boolean,
): ValueId {
  const [batch = 1, channels = 1, ...spatial] = shape;
  const outputs = windowExtents(spatial, windows);
  const count = elementCount(outputs);
  const seen = patches(node, x, shape, windows, -Infinity);
  const [, chosen = -1] = node.emitAll(topk, [seen], { axis: 2, k: 1, mode: 'max', last: false }, ['best', 'chosen']);
  const tap = node.emit(reshape, [chosen], { shape: [batch, channels, count] }, 'tap');
  // Of every place of a window and every window, where in the plane that is.
  const reversed = rowMajorStrides([...spatial].reverse()).reverse();
  const strides = columnMajor ? reversed : rowMajorStrides(spatial);
  const places = placesSeen(windows, outputs, (axis, place) => {
    return (place - (windows.axes[axis]?.padBegin ?? 0)) * (strides[axis] ?? 1);
  });
  const table = node.value(tensorI64([places.length], places), 'table');
  const window = node.value(tensorI64([count], [...Array(count).keys()]), 'window');
  const each = node.scalar('i64', count, 'windows');
  const steps: EpilogueStep[] = [
    { kind: 'mul', operand: 1 },
    { kind: 'add', operand: 2 },
  ];
  const inPlane = node.emit(gather, [table, node.chain(tap, [each, window], steps, 'entry')], { axis: 0 }, 'inplane');
  const size = elementCount(spatial);
  const planes = Array.from({ length: batch * channels }, (_, plane) => plane * size);
  const offsets = node.value(tensorI64([batch, channels, 1], planes), 'planeoffsets');
  const linear = node.chain(inPlane, [offsets], [{ kind: 'add', operand: 1 }], 'linear');
  return node.emit(reshape, [linear], { shape: [batch, channels, ...outputs] }, 'indices');
}

export const convertAveragePool: Convert = (node) => {
  const windows = poolWindows(node);
  const countIncludePad = node.attributes.int('count_include_pad', 0) !== 0;
  const pictures = pictureWindows(windows.axes);
  if (pictures !== undefined) return pooled(node, pictures, { mode: 'average', ceil: windows.ceil, countIncludePad });
  const [batch = 1, channels = 1, ...spatial] = node.shape(0);
  const outputs = windowExtents(spatial, windows);
  // ONNX Runtime leaves what lies beyond the padding out of the divisor, ONNX's own tests of three axes count it.
  if (countIncludePad && hangsOver(windows, spatial))
    node.unsupported(`count_include_pad where a window of ${spatial.length} axes hangs over the padding`);
  const sums = node.emit(
    reduce,
    [patches(node, node.input(0), node.shape(0), windows, 0)],
    { mode: 'sum', axes: [2], keepDims: false },
    'sums',
  );
  const counts = node.value(
    { dtype: 'f32', shape: [elementCount(outputs)], data: counted(windows, spatial, countIncludePad) },
    'counts',
  );
  const means = node.chain(sums, [counts], [{ kind: 'div', operand: 1 }], 'means');
  return node.result(reshape, [means], { shape: [batch, channels, ...outputs] });
};

/** Whether ceil mode lets a window reach beyond the padding at the end. */
function hangsOver(windows: Windows, spatial: readonly number[]): boolean {
  return windowExtents(spatial, windows).some((extent, axis) => {
    const { kernel = 1, stride = 1, dilation = 1, padBegin = 0, padEnd = 0 } = windows.axes[axis] ?? {};
    return (extent - 1) * stride + (kernel - 1) * dilation + 1 > (spatial[axis] ?? 0) + padBegin + padEnd;
  });
}

/** How many places of every window count. */
function counted({ axes, ceil }: Windows, spatial: readonly number[], withPads: boolean): Float32Array {
  const outputs = windowExtents(spatial, { axes, ceil });
  const total = elementCount(outputs);
  const outside = placesSeen({ axes, ceil }, outputs, (axis, place) => {
    const { padBegin, padEnd } = axes[axis] ?? { padBegin: 0, padEnd: 0 };
    const index = place - padBegin;
    const extent = spatial[axis] ?? 0;
    return Number(withPads ? index >= extent + padEnd : index < 0 || index >= extent);
  });
  const counts = new Float32Array(total);
  outside.forEach((beyond, i) => {
    if (beyond === 0) counts[i % total] = (counts[i % total] ?? 0) + 1;
  });
  return counts;
}

/** |x|^p, and how the root of a sum of such powers is taken. */
function powers(node: NodeContext, p: number): readonly [raised: ValueId, root: (sum: ValueId) => readonly ValueId[]] {
  const x = node.input(0);
  if (p === 1) {
    const raised = node.chain(x, [], [{ kind: 'abs' }], 'magnitude');
    return [raised, (sum) => node.result(reshape, [sum], { shape: node.type(sum).shape })];
  }
  if (p === 2) {
    const raised = node.chain(x, [x], [{ kind: 'mul', operand: 1 }], 'square');
    return [raised, (sum) => node.steps(sum, [], [{ kind: 'sqrt' }])];
  }
  const raised = node.chain(x, [node.scalar('f32', p, 'p')], [{ kind: 'abs' }, { kind: 'pow', operand: 1 }], 'power');
  return [raised, (sum) => node.steps(sum, [node.scalar('f32', 1 / p, 'root')], [{ kind: 'pow', operand: 1 }])];
}

/** (Σ |x|^p)^(1/p) over windows: a convolution of every channel with ones. */
export const convertLpPool: Convert = (node) => {
  const shape = node.shape(0);
  const windows = poolWindows(node);
  const [raised, root] = powers(node, node.attributes.int('p', 2));
  const pictures = pictureWindows(windows.axes);
  const [batch = 1, channels = 1, ...spatial] = shape;
  const outputs = windowExtents(spatial, windows);
  if (pictures === undefined) {
    const seen = patches(node, raised, shape, windows, 0);
    const sums = node.emit(reduce, [seen], { mode: 'sum', axes: [2], keepDims: false }, 'sums');
    return root(node.emit(reshape, [sums], { shape: [batch, channels, ...outputs] }, 'sum'));
  }
  // Windows that ceil mode lets hang over the end see more padding.
  const reaching = windows.axes.map((window, axis) => {
    const end = ((outputs[axis] ?? 1) - 1) * window.stride + (window.kernel - 1) * window.dilation + 1;
    return { ...window, padEnd: Math.max(window.padEnd, end - (spatial[axis] ?? 0) - window.padBegin) };
  });
  const { kernel, ...window } = pairs(pictureWindows(reaching) ?? pictures);
  const ones = node.allocate('f32', [channels, 1, ...kernel]);
  ones.data.fill(1 as never);
  const inputs = [asPicture(node, raised, 'picture'), node.value(ones, 'ones')];
  const sum = node.emit(conv2d, inputs, { ...window, groups: channels, epilogue: [] }, 'sums');
  return root(node.emit(reshape, [sum], { shape: [batch, channels, ...outputs] }, 'sum'));
};

function convertGlobalPool(mode: 'mean' | 'max'): Convert {
  return (node) => node.result(reduce, [node.input(0)], { mode, axes: places(node), keepDims: true });
}

function places(node: NodeContext): number[] {
  return node
    .shape(0)
    .map((_, axis) => axis)
    .slice(2);
}

export const convertGlobalAveragePool = convertGlobalPool('mean');
export const convertGlobalMaxPool = convertGlobalPool('max');

export const convertGlobalLpPool: Convert = (node) => {
  const [raised, root] = powers(node, node.attributes.int('p', 2));
  return root(node.emit(reduce, [raised], { mode: 'sum', axes: places(node), keepDims: true }, 'sum'));
};
