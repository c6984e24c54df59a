import type { ValueId } from '../../core/graph.js';
import { elementCount, normalizeAxis, type Shape } from '../../core/shape.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { batchNorm, softmax } from '../../ops/normalization.js';
import { normalize } from '../../ops/normalize.js';
import { pool2d } from '../../ops/pool2d.js';
import { reduce } from '../../ops/reduce.js';
import { reshape } from '../../ops/regroup.js';
import type { EpilogueStep } from '../../ops/steps.js';
import type { Convert, NodeContext } from '../node-context.js';
import { axisOf } from './axes.js';

export const convertBatchNorm: Convert = (node) => {
  const epsilon = node.attributes.float('epsilon', 1e-5);
  node.attributes.ignore('momentum');
  if (node.attributes.int('training_mode', 0) !== 0) node.unsupported('training mode');
  if (node.outputs.slice(1).some((name) => name !== '')) node.unsupported('the statistics it computes in training');
  const [x, ...parameters] = [0, 1, 2, 3, 4].map((index) => node.input(index)) as [ValueId, ...ValueId[]];
  if (node.attributes.int('spatial', 1) === 0) return normalizedByElement(node, x, parameters, epsilon);
  const shape = node.shape(0);
  if (shape.length !== 1) return node.result(batchNorm, [x, ...parameters], { epsilon });
  // A batch of numbers has one channel.
  const column = node.emit(reshape, [x], { shape: [...shape, 1] }, 'column');
  return node.result(reshape, [node.emit(batchNorm, [column, ...parameters], { epsilon }, 'normalised')], { shape });
};

/** Before opset 9, spatial = 0: every element of a picture has parameters of its own. */
function normalizedByElement(
  node: NodeContext,
  x: ValueId,
  [scale = -1, bias = -1, mean = -1, variance = -1]: readonly ValueId[],
  epsilon: number,
): readonly ValueId[] {
  const small = node.scalar(node.type(variance).dtype, epsilon, 'epsilon');
  const factor = node.chain(
    variance,
    [small, scale],
    [{ kind: 'add', operand: 1 }, { kind: 'sqrt' }, { kind: 'rdiv', operand: 2 }],
    'factor',
  );
  return node.steps(
    x,
    [mean, factor, bias],
    [
      { kind: 'sub', operand: 1 },
      { kind: 'mul', operand: 2 },
      { kind: 'add', operand: 3 },
    ],
  );
}

/** Axes 2 and on: the places of a picture. */
const places = (shape: Shape): number[] => shape.map((_, axis) => axis).slice(2);

/** x normalised over axes, times a scale, plus a shift; both broadcast. */
function scaled(
  node: NodeContext,
  x: ValueId,
  operands: readonly [scale: ValueId, shift: ValueId | undefined],
  attrs: { readonly axes: readonly number[]; readonly epsilon: number },
): readonly [inputs: readonly ValueId[], attrs: typeof attrs & { epilogue: readonly EpilogueStep[] }] {
  const [scale, shift] = operands;
  const epilogue: EpilogueStep[] = [
    { kind: 'mul', operand: 1 },
    ...(shift === undefined ? [] : [{ kind: 'add', operand: 2 } as const]),
  ];
  return [[x, scale, ...(shift === undefined ? [] : [shift])], { ...attrs, epilogue }];
}

/** The mean and the reciprocal of the standard deviation are the second and third result. */
export const convertLayerNorm: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const first = axisOf(node, node.attributes.int('axis', -1), shape.length);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  node.attributes.ignore('stash_type');
  const axes = shape.map((_, axis) => axis).slice(first);
  const results = node.result(normalize, ...scaled(node, x, [node.input(1), node.inputs[2]], { axes, epsilon }));
  if (!node.wants(1) && !node.wants(2)) return results;
  const mean = node.emit(reduce, [x], { mode: 'mean', axes, keepDims: true }, 'mean');
  const centred = node.chain(x, [mean], [{ kind: 'sub', operand: 1 }], 'centred');
  const squares = node.chain(centred, [centred], [{ kind: 'mul', operand: 1 }], 'squares');
  const variance = node.emit(reduce, [squares], { mode: 'mean', axes, keepDims: true }, 'variance');
  const small = node.scalar('f32', epsilon, 'epsilon');
  const steps: EpilogueStep[] = [{ kind: 'add', operand: 1 }, { kind: 'sqrt' }, { kind: 'reciprocal' }];
  return [...results, mean, node.chain(variance, [small], steps, 'deviation')];
};

/** A vector along axis 1 of a tensor of that rank. */
function alongChannels(node: NodeContext, id: ValueId, rank: number, part: string): ValueId {
  const shape = [elementCount(node.type(id).shape), ...new Array<number>(rank - 2).fill(1)];
  return node.emit(reshape, [id], { shape }, part);
}

export const convertInstanceNorm: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const epsilon = node.attributes.float('epsilon', 1e-5);
  if (shape.length < 3) fail('AIT1002', `rank ${shape.length} has no picture.`, { where: node.where });
  const [scale, shift] = [1, 2].map((index) => alongChannels(node, node.input(index), shape.length, `along${index}`));
  return node.result(normalize, ...scaled(node, x, [scale ?? -1, shift], { axes: places(shape), epsilon }));
};

/** Scale and shift are per group until opset 20 and per channel from 21 on. */
export const convertGroupNorm: Convert = (node) => {
  const shape = node.shape(0);
  const [batch = 1, channels = 1, ...rest] = shape;
  const groups = node.attributes.int('num_groups', 0);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  node.attributes.ignore('stash_type');
  if (!(groups > 0) || channels % groups !== 0)
    fail('AIT1002', `${channels} channels do not fall into ${groups} groups.`, { where: node.where });
  const grouped = [batch, groups, channels / groups, elementCount(rest)];
  const x = node.emit(reshape, [node.input(0)], { shape: grouped }, 'groups');
  const [scale, shift] = [1, 2].map((index) => {
    const count = elementCount(node.shape(index));
    return node.emit(reshape, [node.input(index)], { shape: [groups, count / groups, 1] }, `along${index}`);
  });
  const normal = scaled(node, x, [scale ?? -1, shift], { axes: [2, 3], epsilon });
  return node.result(reshape, [node.emit(normalize, ...normal, 'normal')], { shape });
};

/** x / (bias + alpha · mean of the squares of `size` neighbouring channels)^beta. */
export const convertLrn: Convert = (node) => {
  const { attributes } = node;
  const [x, shape] = [node.input(0), node.shape(0)];
  const [alpha, beta, bias] = [
    attributes.float('alpha', 1e-4),
    attributes.float('beta', 0.75),
    attributes.float('bias', 1),
  ];
  const size = attributes.int('size', 0);
  if (size < 1 || shape.length < 3) fail('AIT1002', 'size or rank do not make sense.', { where: node.where });
  const before = Math.floor((size - 1) / 2);
  const squares = node.chain(x, [x], [{ kind: 'mul', operand: 1 }], 'squares');
  const [batch = 1, channels = 1, ...rest] = shape;
  const columns = node.emit(reshape, [squares], { shape: [batch, 1, channels, elementCount(rest)] }, 'columns');
  const window = {
    kernel: [size, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [before, 0, size - 1 - before, 0],
  } as const;
  const pool = { ...window, mode: 'average', ceil: false, countIncludePad: true } as const;
  const mean = node.emit(reshape, [node.emit(pool2d, [columns], pool, 'window')], { shape }, 'mean');
  const constants = [alpha, bias, beta].map((value, index) => node.scalar('f32', value, `parameter${index}`));
  return node.steps(
    mean,
    [...constants, x],
    [
      { kind: 'mul', operand: 1 },
      { kind: 'add', operand: 2 },
      { kind: 'pow', operand: 3 },
      { kind: 'rdiv', operand: 4 },
    ],
  );
};

/** x over its sum of magnitudes (p = 1) or its length (p = 2) along an axis. */
export const convertLpNorm: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const axis = axisOf(node, node.attributes.int('axis', -1), shape.length);
  const p = node.attributes.int('p', 2);
  if (p !== 1 && p !== 2) fail('AIT1002', `p is ${p}, not 1 or 2.`, { where: node.where });
  const mode = p === 1 ? 'sumAbs' : 'sumSquares';
  const sum = node.emit(reduce, [x], { mode, axes: [axis], keepDims: true }, 'sum');
  const norm = p === 1 ? sum : node.chain(sum, [], [{ kind: 'sqrt' }], 'norm');
  return node.steps(x, [norm], [{ kind: 'div', operand: 1 }]);
};

/** (x − mean) / √variance over the batch and the places of a picture, or the given axes. */
export const convertMeanVarianceNorm: Convert = (node) => {
  const { length } = node.shape(0);
  const given = node.attributes.ints('axes') ?? [0, 2, 3];
  const axes = [...new Set(given.map((axis) => axisOf(node, axis, length)))].sort((a, b) => a - b);
  return node.result(normalize, [node.input(0)], { axes, epsilon: 0, epilogue: [] });
};

/** From opset 13 along one axis; before, over all axes from `axis` on, taken as one. */
function convertSoftmaxOf(log: boolean): Convert {
  return (node) => {
    const [x, shape] = [node.input(0), node.shape(0)];
    const modern = node.opset >= 13;
    const axis = normalizeAxis(node.attributes.int('axis', modern ? -1 : 1), Math.max(1, shape.length));
    if (axis === undefined) fail('AIT1002', `axis is outside rank ${shape.length}.`, { where: node.where });
    if (shape.length > 0 && (modern || axis === shape.length - 1)) return node.result(softmax, [x], { axis, log });
    // One element has a line to itself.
    const cut = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
    const flat = node.emit(reshape, [x], { shape: cut }, 'flat');
    return node.result(reshape, [node.emit(softmax, [flat], { axis: 1, log }, 'softmax')], { shape });
  };
}

export const convertSoftmax = convertSoftmaxOf(false);
export const convertLogSoftmax = convertSoftmaxOf(true);
