import type { ValueId } from '../../core/graph.js';
import { elementCount, rowMajorStrides, sameShape, type Shape } from '../../core/shape.js';
import { tensorI64, toNumbers } from '../../core/tensor.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { cast } from '../../ops/convert.js';
import { reduce } from '../../ops/reduce.js';
import { reshape } from '../../ops/regroup.js';
import { scatter, type ScatterAttrs } from '../../ops/scatter.js';
import { gather } from '../../ops/select.js';
import type { EpilogueStep } from '../../ops/steps.js';
import type { Convert, NodeContext } from '../node-context.js';
import { axisOf } from './axes.js';

export const convertGather: Convert = (node) => {
  const axis = axisOf(node, node.attributes.int('axis', 0), node.shape(0).length);
  return node.result(gather, [node.input(0), node.input(1)], { axis });
};

/** Indices as i64; those that count from the end brought into 0…extent − 1. */
function wrapped(node: NodeContext, indices: ValueId, extents: readonly number[], part: string): ValueId {
  const whole =
    node.type(indices).dtype === 'i64' ? indices : node.emit(cast, [indices], { to: 'i64' }, `${part}.whole`);
  if (extents.includes(0)) fail('AIT1002', 'there is nothing to index.', { where: node.where });
  const known = node.builder.constantTensor(indices);
  const outside =
    known === undefined
      ? -1
      : toNumbers(known).findIndex((index, i) => {
          const extent = extents[i % extents.length] ?? 0;
          return index < -extent || index >= extent;
        });
  if (outside >= 0) fail('AIT1002', `index ${outside} lies outside the axis it indexes.`, { where: node.where });
  const bounds = node.value(tensorI64(extents.length === 1 ? [] : [extents.length], extents), `${part}.extents`);
  return node.chain(whole, [bounds], [{ kind: 'mod', operand: 1 }], part);
}

/** For every element of `indices`, an index along `axis`, the linear index of the element of `shape` it means. */
function elementPlaces(node: NodeContext, indices: ValueId, shape: Shape, axis: number): ValueId {
  const own = node.type(indices).shape;
  const strides = rowMajorStrides(shape);
  const along = wrapped(node, indices, [shape[axis] ?? 0], 'along');
  const others = own.flatMap((extent, other) => {
    if (other === axis || extent === 1) return [];
    const places = Array.from({ length: extent }, (_, i) => i * (strides[other] ?? 1));
    return [
      node.value(
        tensorI64(
          own.map((_, k) => (k === other ? extent : 1)),
          places,
        ),
        `axis${other}`,
      ),
    ];
  });
  const steps: EpilogueStep[] = [
    { kind: 'mul', operand: 1 },
    ...others.map((_, index) => ({ kind: 'add', operand: index + 2 }) as const),
  ];
  return node.chain(along, [node.scalar('i64', strides[axis] ?? 1, 'stride'), ...others], steps, 'places');
}

/** The axis of an operator that has an index for every element. */
function elementAxis(node: NodeContext): number {
  const [shape, indices] = [node.shape(0), node.shape(1)];
  const axis = axisOf(node, node.attributes.int('axis', 0), shape.length);
  const fits =
    shape.length === indices.length && indices.every((extent, own) => own === axis || extent <= (shape[own] ?? 0));
  if (!fits) {
    fail('AIT1002', `indices [${indices.join(',')}] do not fit [${shape.join(',')}].`, { where: node.where });
  }
  return axis;
}

export const convertGatherElements: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const places = elementPlaces(node, node.input(1), shape, elementAxis(node));
  const flat = node.emit(reshape, [x], { shape: [elementCount(shape)] }, 'flat');
  return node.result(gather, [flat, places], { axis: 0 });
};

/** Tuples along the last axis as linear indices into the axes they index. */
function tuplePlaces(node: NodeContext, indices: ValueId, extents: readonly number[]): ValueId {
  const tuples = wrapped(node, indices, extents, 'tuples');
  const strides = node.value(tensorI64([extents.length], rowMajorStrides(extents)), 'strides');
  const parts = node.chain(tuples, [strides], [{ kind: 'mul', operand: 1 }], 'parts');
  const axes = [node.type(indices).shape.length - 1];
  return node.emit(reduce, [parts], { mode: 'sum', axes, keepDims: false }, 'places');
}

/** Slices picked by tuples of indices; the first `batch_dims` axes are common to data and indices. */
export const convertGatherND: Convert = (node) => {
  const [x, shape, indices] = [node.input(0), node.shape(0), node.shape(1)];
  const batch = node.attributes.int('batch_dims', 0);
  const width = indices[indices.length - 1] ?? 0;
  const lead = shape.slice(0, batch);
  if (!(batch >= 0 && batch < indices.length) || batch + width > shape.length || width < 1) {
    fail('AIT1002', `indices [${indices.join(',')}] do not fit [${shape.join(',')}].`, { where: node.where });
  }
  const extents = shape.slice(batch, batch + width);
  const places = tuplePlaces(node, node.input(1), extents);
  // Every batch has rows of its own.
  const own = elementCount(extents);
  const strides = rowMajorStrides(lead).map((stride) => stride * own);
  const rank = indices.length - 1;
  const offsets = lead.flatMap((extent, axis) => {
    const values = Array.from({ length: extent }, (_, i) => i * (strides[axis] ?? 1));
    return [
      node.value(
        tensorI64(
          Array.from({ length: rank }, (_, k) => (k === axis ? extent : 1)),
          values,
        ),
        `batch${axis}`,
      ),
    ];
  });
  const steps = offsets.map((_, index): EpilogueStep => ({ kind: 'add', operand: index + 1 }));
  const rows = steps.length === 0 ? places : node.chain(places, offsets, steps, 'rows');
  const flat = node.emit(reshape, [x], { shape: [elementCount(lead) * own, ...shape.slice(batch + width)] }, 'flat');
  return node.result(gather, [flat, rows], { axis: 0 });
};

const MODES: Readonly<Record<string, ScatterAttrs['mode']>> = {
  none: 'replace',
  add: 'add',
  mul: 'mul',
  min: 'min',
  max: 'max',
};

function scatterMode(node: NodeContext): ScatterAttrs['mode'] {
  const name = node.attributes.string('reduction', 'none');
  return MODES[name] ?? node.unsupported(`reduction ${quoteName(name)}`);
}

/** Updates written element by element along an axis (and Scatter, as it was called before opset 11). */
export const convertScatterElements: Convert = (node) => {
  const [x, shape, indices] = [node.input(0), node.shape(0), node.shape(1)];
  const mode = scatterMode(node);
  const places = elementPlaces(node, node.input(1), shape, elementAxis(node));
  if (!sameShape(node.shape(2), indices))
    fail('AIT1002', 'indices and updates differ in shape.', { where: node.where });
  const flat = (id: ValueId, part: string): ValueId =>
    node.emit(reshape, [id], { shape: [elementCount(node.type(id).shape)] }, part);
  const parts = [flat(x, 'data'), flat(places, 'rows'), flat(node.input(2), 'updates')];
  return node.result(reshape, [node.emit(scatter, parts, { mode }, 'written')], { shape });
};

/** Slices written where tuples of indices say. */
export const convertScatterND: Convert = (node) => {
  const [x, shape, indices] = [node.input(0), node.shape(0), node.shape(1)];
  const mode = scatterMode(node);
  const width = indices[indices.length - 1] ?? 0;
  const rest = shape.slice(width);
  if (width < 1 || width > shape.length || !sameShape(node.shape(2), [...indices.slice(0, -1), ...rest])) {
    fail('AIT1002', 'data, indices and updates do not fit together.', { where: node.where });
  }
  const count = elementCount(indices.slice(0, -1));
  const places = tuplePlaces(node, node.input(1), shape.slice(0, width));
  const rows = node.emit(reshape, [places], { shape: [count] }, 'rows');
  const data = node.emit(reshape, [x], { shape: [elementCount(shape.slice(0, width)), ...rest] }, 'data');
  const updates = node.emit(reshape, [node.input(2)], { shape: [count, ...rest] }, 'updates');
  return node.result(reshape, [node.emit(scatter, [data, rows, updates], { mode }, 'written')], { shape });
};
