import type { ValueId } from '../../core/graph.js';
import { fromNumbers, tensorI64, toNumbers, type Tensor } from '../../core/tensor.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { compare, where } from '../../ops/compare.js';
import { cast } from '../../ops/convert.js';
import { reshape } from '../../ops/regroup.js';
import { expand, slice } from '../../ops/select.js';
import type { Convert, NodeContext } from '../node-context.js';
import { ELEMENT_TYPES, elementTypeName } from '../tensor-data.js';
import { axisOf } from './axes.js';

export const convertConstant: Convert = (node) => {
  const { attributes } = node;
  const [float, int] = [attributes.float('value_float', undefined), attributes.int('value_int', undefined)];
  const [floats, ints] = [attributes.floats('value_floats'), attributes.ints('value_ints')];
  const tensor: Tensor | undefined =
    attributes.tensor('value') ??
    (float === undefined ? undefined : fromNumbers('f32', [], [float])) ??
    (int === undefined ? undefined : tensorI64([], [int])) ??
    (floats === undefined ? undefined : fromNumbers('f32', [floats.length], floats)) ??
    (ints === undefined ? undefined : tensorI64([ints.length], ints)) ??
    sparse(node);
  return [
    node.builder.constant(node.outputs[0] ?? node.name, tensor ?? node.unsupported('a constant that holds no numbers')),
  ];
};

function sparse({ attributes, session }: NodeContext): Tensor | undefined {
  const message = attributes.sparseTensor('sparse_value');
  return message === undefined ? undefined : session.sparseTensor(message);
}

export const convertConstantOfShape: Convert = (node) => {
  const shape = node.wholes(0) ?? [];
  const value = node.attributes.tensor('value') ?? fromNumbers('f32', [1], [0]);
  if (shape.some((extent) => extent < 0) || value.data.length !== 1)
    fail('AIT1002', `makes [${shape.join(',')}] of ${value.data.length} values.`, { where: node.where });
  return node.result(expand, [node.value({ ...value, shape: [] }, 'value')], { shape });
};

/** start, start + delta, … before limit; all three must be known. */
export const convertRange: Convert = (node) => {
  const parts = [0, 1, 2].map((index) => node.constant(index));
  const dtype = parts[0]?.dtype ?? 'i64';
  const [start = 0, limit = 0, delta = 1] = parts.map((part) => (part === undefined ? 0 : (toNumbers(part)[0] ?? 0)));
  if (delta === 0 || ![start, limit, delta].every(Number.isFinite))
    fail('AIT1002', `a range from ${start} to ${limit} by ${delta} leads nowhere.`, { where: node.where });
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  node.allocate(dtype, [count]);
  const values = Array.from({ length: count }, (_, i) => start + i * delta);
  return [node.builder.constant(node.outputs[0] ?? node.name, fromNumbers(dtype, [count], values))];
};

/** Ones on a diagonal of a matrix of the input's shape. */
export const convertEyeLike: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const type = node.attributes.int('dtype', undefined);
  const dtype = type === undefined ? node.type(x).dtype : ELEMENT_TYPES[type];
  if (dtype === undefined || dtype === 'f16') return node.unsupported(`elements of ${elementTypeName(type ?? 0)}`);
  const [rows = 0, columns = 0] = shape;
  if (shape.length !== 2) fail('AIT1002', `rank ${shape.length} is no matrix.`, { where: node.where });
  const k = node.attributes.int('k', 0);
  node.allocate(dtype, shape);
  const ones = Array.from({ length: rows * columns }, (_, i) => Number((i % columns) - Math.floor(i / columns) === k));
  return [node.builder.constant(node.outputs[0] ?? node.name, fromNumbers(dtype, shape, ones))];
};

/** The triangle above or below a diagonal of every matrix; zero elsewhere. */
export const convertTrilu: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const { dtype } = node.type(x);
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (shape.length < 2) fail('AIT1002', `rank ${shape.length} is no matrix.`, { where: node.where });
  const upper = node.attributes.int('upper', 1) !== 0;
  const counted = (count: number, wide: readonly number[], part: string): ValueId =>
    node.value(tensorI64(wide, [...Array(count).keys()]), part);
  const row = counted(rows, [rows, 1], 'rows');
  const column = counted(columns, [1, columns], 'columns');
  const k = node.inputs[1] === undefined ? undefined : node.emit(reshape, [node.input(1)], { shape: [] }, 'k');
  const diagonal = k === undefined ? row : node.chain(row, [k], [{ kind: 'add', operand: 1 }], 'diagonal');
  // Above: row + k ≤ column; below: column ≤ row + k.
  const inside = node.emit(compare, upper ? [diagonal, column] : [column, diagonal], { mode: 'lessOrEqual' }, 'inside');
  return node.result(where, [inside, x, node.scalar(dtype, 0, 'zero')], {});
};

/** `on` where an index meets its place along a new axis, `off` elsewhere and for indices outside −depth…depth − 1. */
export const convertOneHot: Convert = (node) => {
  const shape = node.shape(0);
  const [depth = 0] = node.wholes(1) ?? [];
  const axis = axisOf(node, node.attributes.int('axis', -1), shape.length + 1);
  if (!(Number.isSafeInteger(depth) && depth >= 0)) fail('AIT1002', `the depth is ${depth}.`, { where: node.where });
  node.allocate('i64', [depth]);
  const raw = node.input(0);
  const whole = node.type(raw).dtype === 'i64' ? raw : node.emit(cast, [raw], { to: 'i64' }, 'whole');
  const index = node.emit(reshape, [whole], { shape: shape.toSpliced(axis, 0, 1) }, 'indices');
  const negative = node.emit(compare, [index, node.scalar('i64', 0, 'zero')], { mode: 'less' }, 'negative');
  const wrapped = node.chain(index, [node.scalar('i64', depth, 'depth')], [{ kind: 'add', operand: 1 }], 'wrapped');
  const chosen = node.emit(where, [negative, wrapped, index], {}, 'chosen');
  const places = shape.map(() => 1).toSpliced(axis, 0, depth);
  const place = node.value(tensorI64(places, [...Array(depth).keys()]), 'places');
  const hit = node.emit(compare, [chosen, place], { mode: 'equal' }, 'hit');
  const [off, on] = [0, 1].map((at) => {
    const one = node.emit(slice, [node.input(2)], { starts: [at], steps: [1], sizes: [1] }, at === 0 ? 'off' : 'on');
    return node.emit(reshape, [one], { shape: [] }, at === 0 ? 'off.value' : 'on.value');
  });
  return node.result(where, [hit, on ?? -1, off ?? -1], {});
};
