import type { ValueId } from '../../core/graph.js';
import { elementCount, type Window } from '../../core/shape.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { conv2d } from '../../ops/conv2d.js';
import { matmul } from '../../ops/matmul.js';
import { patches, windowExtents } from '../../ops/patches.js';
import { reshape, transpose } from '../../ops/regroup.js';
import { pad, slice, type PadAttrs } from '../../ops/select.js';
import type { EpilogueStep } from '../../ops/steps.js';
import type { Convert, NodeContext } from '../node-context.js';
import { asPicture, fromPicture, pairs, pictureWindows, windowAttributes } from './window.js';

export const convertConv: Convert = (node) => {
  const shape = node.shape(0);
  const weight = node.shape(1);
  if (weight.length !== shape.length)
    fail('AIT1002', `rank ${shape.length} is convolved with rank ${weight.length}.`, { where: node.where });
  const { windows } = windowAttributes(node, weight.slice(2));
  const groups = node.attributes.int('group', 1);
  const pictures = pictureWindows(windows);
  if (pictures === undefined) return convolvePatches(node, windows, groups);
  const { kernel: _, ...window } = pairs(pictures);
  return convolve(node, asPicture(node, node.input(1), 'weight'), asPicture(node, node.input(0), 'picture'), {
    ...window,
    groups,
  });
};

type Plain = Omit<Parameters<typeof conv2d.evaluate>[1], 'epilogue'>;

/** The convolution of a picture with the node's bias; a line again where the node's input is one. */
function convolve(node: NodeContext, weight: ValueId, x: ValueId, attrs: Plain): readonly ValueId[] {
  const bias = node.inputs[2];
  const epilogue: EpilogueStep[] = bias === undefined ? [] : [{ kind: 'bias', operand: 2 }];
  const inputs = [x, weight, ...(bias === undefined ? [] : [bias])];
  const rank = node.shape(0).length;
  if (rank === 4) return node.result(conv2d, inputs, { ...attrs, epilogue });
  return fromPicture(node, node.emit(conv2d, inputs, { ...attrs, epilogue }, 'convolved'), rank);
}

/** Three spatial axes and more: the product of the weight with all that its windows see. */
function convolvePatches(node: NodeContext, windows: readonly Window[], groups: number): readonly ValueId[] {
  const [batch = 1, channels = 1, ...spatial] = node.shape(0);
  const [filters = 1, depth = 1] = node.shape(1);
  const kernel = elementCount(windows.map((window) => window.kernel));
  if (groups < 1 || channels !== depth * groups || filters % groups !== 0)
    fail('AIT1002', `${channels} channels do not fit the weight in ${groups} groups.`, { where: node.where });
  const outputs = windowExtents(spatial, { axes: windows, ceil: false });
  const seen = patches(node, node.input(0), node.shape(0), { axes: windows, ceil: false }, 0);
  const columns = [batch, groups, depth * kernel, elementCount(outputs)];
  const right = node.emit(reshape, [seen], { shape: columns }, 'columns');
  const rows = [1, groups, filters / groups, depth * kernel];
  const left = node.emit(reshape, [node.input(1)], { shape: rows }, 'rows');
  const product = node.emit(matmul, [left, right], { transA: false, transB: false, epilogue: [] }, 'product');
  const shape = [batch, filters, ...outputs];
  const bias = node.inputs[2];
  if (bias === undefined) return node.result(reshape, [product], { shape });
  const result = node.emit(reshape, [product], { shape }, 'convolved');
  const along = node.emit(reshape, [bias], { shape: [filters, ...outputs.map(() => 1)] }, 'bias');
  return node.steps(result, [along], [{ kind: 'add', operand: 1 }]);
}

export const convertConvTranspose: Convert = (node) => {
  const [shape, weightShape] = [node.shape(0), node.shape(1)];
  if (weightShape.length !== shape.length)
    fail('AIT1002', `rank ${shape.length} is convolved with rank ${weightShape.length}.`, { where: node.where });
  const { windows, auto } = windowAttributes(node, weightShape.slice(2));
  const groups = node.attributes.int('group', 1);
  const further = node.attributes.ints('output_padding') ?? windows.map(() => 0);
  const wanted = node.attributes.ints('output_shape');
  const sized = windows.map((window, axis) => {
    const extent = shape[2 + axis] ?? 0;
    const same = auto.startsWith('SAME') ? extent * window.stride : undefined;
    return sizedPads(window, extent, further[axis] ?? 0, wanted?.slice(-windows.length)[axis] ?? same, auto);
  });
  const pictures = pictureWindows(sized);
  if (pictures === undefined) return node.unsupported(`${windows.length} spatial axes`);
  const extra = [...Array<number>(2 - windows.length).fill(0), ...further];
  const strided = pictures.some(({ stride }) => stride > 1) && pictures.every(({ dilation }) => dilation === 1);
  // A weight that is computed would have to be cut up at run time.
  if (strided && elementCount(shape) > 0 && node.builder.constantTensor(node.input(1)) !== undefined)
    return convolvePhases(node, pictures, extra, groups);
  return convolveSpread(node, pictures, extra, groups);
};

/** The convolution of the input, its elements spread apart by the strides, with the weight turned around. */
function convolveSpread(
  node: NodeContext,
  pictures: Windows2d,
  extra: readonly number[],
  groups: number,
): readonly ValueId[] {
  const spread = {
    mode: 'constant',
    value: 0,
    before: [0, 0, ...pictures.map((one) => one.dilation * (one.kernel - 1) - one.padBegin)],
    after: [0, 0, ...pictures.map((one, axis) => one.dilation * (one.kernel - 1) - one.padEnd + (extra[axis] ?? 0))],
    between: [0, 0, ...pictures.map((one) => one.stride - 1)],
  } as const;
  const x = node.emit(pad, [asPicture(node, node.input(0), 'picture')], spread, 'spread');
  const { dilations } = pairs(pictures);
  return convolve(node, turnedWeight(node, groups), x, { strides: [1, 1], dilations, pads: [0, 0, 0, 0], groups });
}

/**
 * Of outputs whose places have the same remainder by the stride, each sees the same taps of the weight: a convolution of
 * the input as it is. All of them are made at once, as channels, and then put between each other.
 */
function convolvePhases(
  node: NodeContext,
  pictures: Windows2d,
  extra: readonly number[],
  groups: number,
): readonly ValueId[] {
  const x = asPicture(node, node.input(0), 'picture');
  const [batch = 1, channels = 1, ...spatial] = node.type(x).shape;
  const weight = asPicture(node, node.input(1), 'weight');
  const [weightChannels = 1, filters = 1] = node.type(weight).shape;
  if (groups < 1 || channels % groups !== 0 || weightChannels !== channels)
    fail('AIT1002', `${channels} channels do not fit the weight in ${groups} groups.`, { where: node.where });
  const [down, right] = pictures.map(({ stride }) => stride) as [number, number];
  const [high, wide] = pictures.map(({ kernel, stride }) => Math.ceil(kernel / stride)) as [number, number];
  const attrs = { strides: [1, 1], dilations: [1, 1], groups, epilogue: [] } as const;
  const pads = [high - 1, wide - 1, high - 1, wide - 1] as const;
  const taps = phaseWeight(node, weight, pictures, groups);
  const phases = node.emit(conv2d, [x, taps], { ...attrs, pads }, 'phases');
  const [rows, columns] = [(spatial[0] ?? 0) + high - 1, (spatial[1] ?? 0) + wide - 1];
  const all = groups * filters;
  const apart = node.emit(reshape, [phases], { shape: [batch, all, down, right, rows, columns] }, 'apart');
  const between = node.emit(transpose, [apart], { perm: [0, 1, 4, 2, 5, 3] }, 'between');
  const whole = [rows * down, columns * right];
  const full = node.emit(reshape, [between], { shape: [batch, all, ...whole] }, 'full');
  // Negative pads cut off; what no tap reaches is zero.
  const cut = {
    mode: 'constant',
    value: 0,
    before: [0, 0, ...pictures.map(({ padBegin }) => -padBegin)],
    after: [0, 0, ...pictures.map((one, axis) => reach(one, spatial, axis, extra) - (whole[axis] ?? 0))],
  } as const;
  return cutPicture(node, full, cut, all);
}

type Windows2d = readonly [Window, Window];

/** Where the output ends, counted from where the first tap of the first element falls. */
function reach(one: Window, spatial: readonly number[], axis: number, extra: readonly number[]): number {
  return ((spatial[axis] ?? 0) - 1) * one.stride + one.kernel + (extra[axis] ?? 0) - one.padEnd;
}

/** [CI, CO/groups, KH, KW] as [CO·phases, CI/groups, taps, taps]: taps of a phase together, back to front. */
function phaseWeight(node: NodeContext, weight: ValueId, pictures: Windows2d, groups: number): ValueId {
  const [channels = 1, filters = 1] = node.type(weight).shape;
  const taps = pictures.map(({ kernel, stride }) => Math.ceil(kernel / stride)) as [number, number];
  const [down, right] = pictures.map(({ stride }) => stride) as [number, number];
  const missing = pictures.map(({ kernel, stride }, axis) => (taps[axis] ?? 0) * stride - kernel);
  const zeros = { mode: 'constant', value: 0, before: [0, 0, 0, 0], after: [0, 0, ...missing] } as const;
  const even = node.emit(pad, [weight], zeros, 'weight.even');
  const cut = [groups, channels / groups, filters, taps[0], down, taps[1], right];
  const phases = node.emit(reshape, [even], { shape: cut }, 'weight.phases');
  const order = node.emit(transpose, [phases], { perm: [0, 2, 4, 6, 1, 3, 5] }, 'weight.order');
  const shape = [groups * filters * down * right, channels / groups, ...taps];
  const made = node.emit(reshape, [order], { shape }, 'weight.made');
  const box = { starts: [0, 0, taps[0] - 1, taps[1] - 1], steps: [1, 1, -1, -1], sizes: shape };
  return node.emit(slice, [made], box, 'weight.done');
}

/** The padded picture with the node's bias as the node's result; a line again where its input is one. */
function cutPicture(node: NodeContext, picture: ValueId, cut: PadAttrs, filters: number): readonly ValueId[] {
  const bias = node.inputs[2];
  const rank = node.shape(0).length;
  if (bias === undefined && rank === 4) return node.result(pad, [picture], cut);
  const padded = node.emit(pad, [picture], cut, 'cut');
  if (bias === undefined) return fromPicture(node, padded, rank);
  const along = node.emit(reshape, [bias], { shape: [filters, 1, 1] }, 'bias');
  const add: EpilogueStep[] = [{ kind: 'add', operand: 1 }];
  if (rank === 4) return node.steps(padded, [along], add);
  return fromPicture(node, node.chain(padded, [along], add, 'biased'), rank);
}

/** The window with the pads that lead to an output of that extent; unchanged when none is wanted. */
function sizedPads(window: Window, extent: number, further: number, wanted: number | undefined, auto: string): Window {
  if (wanted === undefined) return window;
  const { stride, kernel, dilation } = window;
  const total = stride * (extent - 1) + further + (kernel - 1) * dilation + 1 - wanted;
  const half = Math.trunc(total / 2);
  // What is missing altogether is added at the end.
  if (total < 0) return { ...window, padBegin: 0, padEnd: total };
  const [padBegin, padEnd] = auto === 'SAME_UPPER' ? [half, total - half] : [total - half, half];
  return { ...window, padBegin, padEnd };
}

/** [CI, CO/groups, KH, KW] as [CO, CI/groups, KH, KW], upside down and back to front. */
function turnedWeight(node: NodeContext, groups: number): ValueId {
  const weight = asPicture(node, node.input(1), 'weight');
  const [channels = 1, filters = 1, height = 1, width = 1] = node.type(weight).shape;
  if (groups < 1 || channels % groups !== 0)
    fail('AIT1002', `${channels} channels do not fall into ${groups} groups.`, { where: node.where });
  const box = {
    starts: [0, 0, height - 1, width - 1],
    steps: [1, 1, -1, -1],
    sizes: [channels, filters, height, width],
  };
  const turned = node.emit(slice, [weight], box, 'weight.turned');
  const cut = [groups, channels / groups, filters, height, width];
  const grouped = node.emit(reshape, [turned], { shape: cut }, 'weight.groups');
  const swapped = node.emit(transpose, [grouped], { perm: [0, 2, 1, 3, 4] }, 'weight.swapped');
  return node.emit(reshape, [swapped], { shape: [groups * filters, channels / groups, height, width] }, 'weight.done');
}
