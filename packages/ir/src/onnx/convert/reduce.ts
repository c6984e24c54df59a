import { isFloat } from '../../core/dtype.js';
import type { ValueId } from '../../core/graph.js';
import { tensorI64 } from '../../core/tensor.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { cast } from '../../ops/convert.js';
import { compare } from '../../ops/compare.js';
import { reduce, type ReduceAttrs } from '../../ops/reduce.js';
import { reshape } from '../../ops/regroup.js';
import { scan } from '../../ops/scan.js';
import { topk } from '../../ops/topk.js';
import type { Convert, NodeContext } from '../node-context.js';
import { axisOf, numbers } from './axes.js';

/** The axes of a reduction: an attribute first and an input later (ReduceSum from 13 on, the others from 18 on). */
function reduceAxes(node: NodeContext): Omit<ReduceAttrs, 'mode'> | undefined {
  const shape = node.shape(0);
  const given = numbers(node, 'axes', 1);
  const keepDims = node.attributes.int('keepdims', 1) !== 0;
  const noop = node.attributes.int('noop_with_empty_axes', 0) !== 0;
  const empty = given === undefined || given.length === 0;
  if (empty && noop) return undefined;
  const axes = empty
    ? shape.map((_, axis) => axis)
    : [...new Set(given.map((axis) => axisOf(node, axis, shape.length)))].sort((a, b) => a - b);
  return { axes, keepDims };
}

export function convertReduce(mode: ReduceAttrs['mode']): Convert {
  return (node) => {
    const how = reduceAxes(node);
    return how === undefined ? [node.input(0)] : node.result(reduce, [node.input(0)], { mode, ...how });
  };
}

/** A function of a reduction; whole numbers go through real ones. */
function convertReduceThen(mode: ReduceAttrs['mode'], kind: 'sqrt' | 'log'): Convert {
  return (node) => {
    const how = reduceAxes(node);
    const x = node.input(0);
    if (how === undefined) return [x];
    const { dtype } = node.type(x);
    const real = isFloat(dtype) ? x : node.emit(cast, [x], { to: 'f32' }, 'real');
    const sum = node.emit(reduce, [real], { mode, ...how }, 'sum');
    if (isFloat(dtype)) return node.steps(sum, [], [{ kind }]);
    return node.result(cast, [node.chain(sum, [], [{ kind }], kind)], { to: dtype });
  };
}

export const convertReduceL2 = convertReduceThen('sumSquares', 'sqrt');
export const convertReduceLogSum = convertReduceThen('sum', 'log');

/** log Σ exp(x) = m + log Σ exp(x − m) with m the maximum, kept finite, so that nothing overflows. */
export const convertReduceLogSumExp: Convert = (node) => {
  const how = reduceAxes(node);
  const x = node.input(0);
  if (how === undefined) return [x];
  const { dtype } = node.type(x);
  if (!isFloat(dtype)) node.unsupported(`elements of ${dtype}`);
  const { axes, keepDims } = how;
  const largest = node.emit(reduce, [x], { mode: 'max', axes, keepDims: true }, 'largest');
  const most = node.chain(largest, [], [{ kind: 'clamp', min: -FINITE, max: FINITE }], 'finite');
  const powers = node.chain(x, [most], [{ kind: 'sub', operand: 1 }, { kind: 'exp' }], 'powers');
  const sum = node.emit(reduce, [powers], { mode: 'sum', axes, keepDims }, 'sum');
  const shape = node.type(sum).shape;
  const shift = keepDims ? most : node.emit(reshape, [most], { shape }, 'shift');
  return node.steps(sum, [shift], [{ kind: 'log' }, { kind: 'add', operand: 1 }]);
};

/** The largest finite f32. */
const FINITE = 3.4028234663852886e38;

/** The index of the largest or smallest element along an axis. */
export function convertArg(mode: 'max' | 'min'): Convert {
  return (node) => {
    const shape = node.shape(0);
    const axis = axisOf(node, node.attributes.int('axis', 0), shape.length);
    const last = node.attributes.int('select_last_index', 0) !== 0;
    const keepDims = node.attributes.int('keepdims', 1) !== 0;
    const [, indices = -1] = pick(node, { axis, k: 1, mode, last });
    const kept = keepDims ? shape.with(axis, 1) : shape.filter((_, own) => own !== axis);
    return node.result(reshape, [indices], { shape: kept });
  };
}

function pick(node: NodeContext, attrs: Parameters<typeof topk.evaluate>[1]): readonly ValueId[] {
  if (node.type(node.input(0)).shape[attrs.axis] === 0)
    fail('AIT1002', 'there is nothing to pick.', { where: node.where });
  return node.emitAll(topk, [node.input(0)], attrs, ['values', 'indices']);
}

/** k is an attribute until opset 9 and an input from 10 on. The result is sorted whether asked for or not. */
export const convertTopK: Convert = (node) => {
  const shape = node.shape(0);
  const axis = axisOf(node, node.attributes.int('axis', -1), shape.length);
  const mode = node.attributes.int('largest', 1) !== 0 ? 'max' : 'min';
  node.attributes.ignore('sorted');
  const [k = 0] = node.opset < 10 ? [node.attributes.int('k', 0)] : (node.wholes(1) ?? []);
  return node.result(topk, [node.input(0)], { axis, k, mode, last: false });
};

/** 1 where a line has its first maximum, 0 elsewhere. */
export const convertHardmax: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const axis = axisOf(node, node.attributes.int('axis', node.opset >= 13 ? -1 : 1), shape.length);
  // Before opset 13 all axes from `axis` on are taken as one.
  const flat = node.opset >= 13 ? shape : [...shape.slice(0, axis), shape.slice(axis).reduce((a, b) => a * b, 1)];
  const line = flat === shape ? x : node.emit(reshape, [x], { shape: flat }, 'lines');
  const [, indices = -1] = node.emitAll(topk, [line], { axis, k: 1, mode: 'max', last: false }, ['values', 'indices']);
  const extent = flat[axis] ?? 1;
  const place = tensorI64(
    flat.map((_, own) => (own === axis ? extent : 1)),
    [...Array(extent).keys()],
  );
  const hit = node.emit(compare, [indices, node.value(place, 'places')], { mode: 'equal' }, 'hit');
  const one = node.emit(cast, [hit], { to: node.type(x).dtype }, 'one');
  return node.result(reshape, [one], { shape });
};

/** The axis is an input of one element. */
export const convertCumSum: Convert = (node) => {
  const [axis = 0] = node.wholes(1) ?? [];
  const exclusive = node.attributes.int('exclusive', 0) !== 0;
  const reverse = node.attributes.int('reverse', 0) !== 0;
  return node.result(scan, [node.input(0)], { axis: axisOf(node, axis, node.shape(0).length), exclusive, reverse });
};
