import type { ValueId } from '../../core/graph.js';
import { elementCount, type Shape } from '../../core/shape.js';
import { fromNumbers, tensorI64, toNumbers } from '../../core/tensor.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { where } from '../../ops/compare.js';
import { cast } from '../../ops/convert.js';
import { concat, reshape, split, transpose } from '../../ops/regroup.js';
import { expand, pad, slice, type PadAttrs } from '../../ops/select.js';
import type { Convert, NodeContext } from '../node-context.js';
import { axisOf, numbers } from './axes.js';
import { ELEMENT_TYPES, elementTypeName } from '../tensor-data.js';

export const convertReshape: Convert = (node) => {
  const from = node.shape(0);
  const wish = numbers(node, 'shape', 1);
  if (wish === undefined) fail('AIT1002', 'the new shape is missing.', { where: node.where });
  const allowZero = node.attributes.int('allowzero', 0) !== 0;
  const known = wish.map((extent, axis) => (extent === 0 && !allowZero ? (from[axis] ?? 0) : extent));
  const rest = known.filter((extent) => extent !== -1);
  const free = elementCount(from) / elementCount(rest);
  const shape = known.map((extent) => (extent === -1 ? free : extent));
  if (
    known.filter((extent) => extent === -1).length > 1 ||
    shape.some((extent) => !Number.isInteger(extent) || extent < 0)
  ) {
    fail('AIT1002', `[${from.join(',')}] cannot be reshaped to [${wish.join(',')}].`, { where: node.where });
  }
  return node.result(reshape, [node.input(0)], { shape });
};

export const convertFlatten: Convert = (node) => {
  const shape = node.shape(0);
  const axis = node.attributes.int('axis', 1);
  const cut = axis === shape.length ? axis : axisOf(node, axis, shape.length);
  return node.result(reshape, [node.input(0)], {
    shape: [elementCount(shape.slice(0, cut)), elementCount(shape.slice(cut))],
  });
};

export const convertSqueeze: Convert = (node) => {
  const shape = node.shape(0);
  const axes = numbers(node, 'axes', 1)?.map((axis) => axisOf(node, axis, shape.length));
  const drop = (extent: number, axis: number): boolean => (axes === undefined ? extent === 1 : axes.includes(axis));
  if (axes?.some((axis) => shape[axis] !== 1) === true)
    fail('AIT1002', `axes [${axes.join(',')}] of [${shape.join(',')}] are not all 1.`, { where: node.where });
  return node.result(reshape, [node.input(0)], { shape: shape.filter((extent, axis) => !drop(extent, axis)) });
};

export const convertUnsqueeze: Convert = (node) => {
  const shape = node.shape(0);
  const given = numbers(node, 'axes', 1);
  if (given === undefined) fail('AIT1002', 'axes are missing.', { where: node.where });
  const rank = shape.length + given.length;
  const axes = given.map((axis) => axisOf(node, axis, rank));
  const rest = [...shape];
  const wide = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)));
  return node.result(reshape, [node.input(0)], { shape: wide });
};

export const convertTranspose: Convert = (node) => {
  const rank = node.shape(0).length;
  const perm = node.attributes.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  return node.result(transpose, [node.input(0)], { perm });
};

export const convertConcat: Convert = (node) => {
  const inputs = node.inputs.map((_, index) => node.input(index));
  const axis = axisOf(node, node.attributes.int('axis', 1), node.shape(0).length);
  return node.result(concat, inputs, { axis });
};

export const convertSplit: Convert = (node) => {
  const shape = node.shape(0);
  const axis = axisOf(node, node.attributes.int('axis', 0), shape.length);
  const parts = node.attributes.int('num_outputs', node.outputs.length);
  const extent = shape[axis] ?? 0;
  const chunk = Math.ceil(extent / parts);
  const even = Array.from({ length: parts }, (_, index) => Math.max(0, Math.min(chunk, extent - index * chunk)));
  return node.result(split, [node.input(0)], { axis, sizes: numbers(node, 'split', 1) ?? even });
};

export const convertSlice: Convert = (node) => {
  const shape = node.shape(0);
  const first = numbers(node, 'starts', 1) ?? [];
  const last = numbers(node, 'ends', 2) ?? [];
  const axes = numbers(node, 'axes', 3) ?? first.map((_, index) => index);
  const steps = node.opset < 10 ? undefined : node.wholes(4);
  const by = steps ?? first.map(() => 1);
  const box = { starts: shape.map(() => 0), steps: shape.map(() => 1), sizes: [...shape] };
  axes.forEach((given, index) => {
    const axis = axisOf(node, given, shape.length);
    const range = sliceRange(shape[axis] ?? 0, first[index] ?? 0, last[index] ?? 0, by[index] ?? 1);
    if (range === undefined) fail('AIT1002', 'a step of 0 leads nowhere.', { where: node.where });
    box.starts[axis] = range.start;
    box.steps[axis] = by[index] ?? 1;
    box.sizes[axis] = range.size;
  });
  return node.result(slice, [node.input(0)], box);
};

/** Start and number of elements of `start:end:step` along an axis (ONNX Slice-13: numpy rules, clamped). */
function sliceRange(
  extent: number,
  start: number,
  end: number,
  step: number,
): { start: number; size: number } | undefined {
  if (step === 0) return undefined;
  const fromEnd = (index: number): number => (index < 0 ? index + extent : index);
  const clamp = (index: number, low: number, high: number): number => Math.min(high, Math.max(low, index));
  const from = step > 0 ? clamp(fromEnd(start), 0, extent) : clamp(fromEnd(start), 0, extent - 1);
  const to = step > 0 ? clamp(fromEnd(end), 0, extent) : clamp(fromEnd(end), -1, extent - 1);
  const size = Math.max(0, Math.ceil((to - from) / step));
  return { start: size === 0 ? 0 : from, size };
}

function padMode(node: NodeContext): PadAttrs['mode'] {
  const mode = node.attributes.string('mode', 'constant');
  return mode === 'constant' || mode === 'reflect' || mode === 'edge' || mode === 'wrap'
    ? mode
    : node.unsupported(`mode ${quoteName(mode)}`);
}

export const convertPad: Convert = (node) => {
  const shape = node.shape(0);
  const rank = shape.length;
  const mode = padMode(node);
  const pads = numbers(node, 'pads', 1) ?? [];
  const computed = computedPadding(node, mode);
  const value =
    node.opset < 11
      ? node.attributes.float('value', 0)
      : computed === undefined
        ? (toNumbers(node.constant(2) ?? fromNumbers('f32', [], [0]))[0] ?? 0)
        : 0;
  const given = node.wholes(3);
  const axes = given?.map((axis) => axisOf(node, axis, rank)) ?? shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length)
    fail('AIT1002', `has ${pads.length} pads for ${axes.length} axes.`, { where: node.where });
  const before = shape.map(() => 0);
  const after = shape.map(() => 0);
  axes.forEach((axis, index) => {
    before[axis] = pads[index] ?? 0;
    after[axis] = pads[axes.length + index] ?? 0;
  });
  if (computed === undefined) return node.result(pad, [node.input(0)], { mode, before, after, value });
  const padded = node.emit(pad, [node.input(0)], { mode, before, after, value }, 'padded');
  const all = node.emit(expand, [node.value(fromNumbers('bool', [], [1]), 'true')], { shape }, 'all');
  const inside = node.emit(pad, [all], { mode, before, after, value: 0 }, 'inside');
  return node.result(where, [inside, padded, computed], {});
};

/** The input that says what is padded with, where it says more than a constant would. */
function computedPadding(node: NodeContext, mode: PadAttrs['mode']): ValueId | undefined {
  const id = node.opset < 11 || mode !== 'constant' ? undefined : node.inputs[2];
  return id === undefined || node.builder.constantTensor(id) !== undefined ? undefined : id;
}

export const convertExpand: Convert = (node) => {
  const from = node.shape(0);
  const wish = node.wholes(1) ?? [];
  const rank = Math.max(from.length, wish.length);
  const at = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => (at(wish, axis) === 1 ? at(from, axis) : at(wish, axis)));
  return node.result(expand, [node.input(0)], { shape });
};

export const convertShape: Convert = (node) => {
  const shape = node.shape(0);
  const clamp = (index: number): number =>
    Math.min(shape.length, Math.max(0, index < 0 ? index + shape.length : index));
  const part = shape.slice(clamp(node.attributes.int('start', 0)), clamp(node.attributes.int('end', shape.length)));
  return [node.builder.constant(node.outputs[0] ?? node.name, tensorI64([part.length], part))];
};

export const convertCast: Convert = (node) => {
  node.attributes.ignore('saturate');
  const type = node.attributes.int('to', 0);
  const to = ELEMENT_TYPES[type];
  if (to === undefined) node.unsupported(`a cast to ${elementTypeName(type)}`);
  if (node.type(node.input(0)).dtype === to) return [node.input(0)];
  return node.result(cast, [node.input(0)], { to });
};

/** The element type of the second input. */
export const convertCastLike: Convert = (node) => {
  node.attributes.ignore('saturate');
  const { dtype: to } = node.type(node.input(1));
  if (node.type(node.input(0)).dtype === to) return [node.input(0)];
  return node.result(cast, [node.input(0)], { to });
};

export const convertSize: Convert = (node) => [
  node.builder.constant(node.outputs[0] ?? node.name, tensorI64([], [elementCount(node.shape(0))])),
];
