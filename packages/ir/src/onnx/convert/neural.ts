import { fromNumbers, toNumbers, type Tensor } from '../../core/tensor.js';
import { normalizeAxis } from '../../core/shape.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { conv2d } from '../../ops/conv2d.js';
import { elementwise } from '../../ops/elementwise.js';
import { matmul } from '../../ops/matmul.js';
import { batchNorm, softmax } from '../../ops/normalization.js';
import { pool2d } from '../../ops/pool2d.js';
import { reduce } from '../../ops/reduce.js';
import { reshape } from '../../ops/regroup.js';
import type { Convert, NodeContext } from '../node-context.js';
import { requirePicture, windowAttributes } from './window.js';

export const convertConv: Convert = (node) => {
  requirePicture(node);
  const weight = node.shape(1);
  const { kernel: _, ...window } = windowAttributes(node, weight.slice(2));
  const bias = node.inputs[2];
  const groups = node.attributes.int('group', 1);
  const inputs = [node.input(0), node.input(1), ...(bias === undefined ? [] : [bias])];
  const epilogue = bias === undefined ? [] : [{ kind: 'bias' as const, operand: 2 }];
  return node.result(conv2d, inputs, { ...window, groups, epilogue });
};

export const convertBatchNorm: Convert = (node) => {
  const epsilon = node.attributes.float('epsilon', 1e-5);
  node.attributes.ignore('momentum');
  if (node.attributes.int('training_mode', 0) !== 0) node.unsupported('training mode');
  if (node.attributes.int('spatial', 1) !== 1) node.unsupported('spatial = 0');
  if (node.outputs.slice(1).some((name) => name !== '')) node.unsupported('the statistics it computes in training');
  return node.result(
    batchNorm,
    [0, 1, 2, 3, 4].map((index) => node.input(index)),
    { epsilon },
  );
};

function convertPool(mode: 'max' | 'average'): Convert {
  return (node) => {
    requirePicture(node);
    const window = windowAttributes(node);
    const ceil = node.attributes.int('ceil_mode', 0) !== 0;
    const countIncludePad = mode === 'average' && node.attributes.int('count_include_pad', 0) !== 0;
    if (mode === 'max') {
      node.attributes.ignore('storage_order');
      if ((node.outputs[1] ?? '') !== '') node.unsupported('the indices of the maxima');
    }
    return node.result(pool2d, [node.input(0)], { mode, ...window, ceil, countIncludePad });
  };
}

export const convertMaxPool = convertPool('max');
export const convertAveragePool = convertPool('average');

function convertGlobalPool(mode: 'mean' | 'max'): Convert {
  return (node) => {
    const axes = node
      .shape(0)
      .map((_, axis) => axis)
      .slice(2);
    return node.result(reduce, [node.input(0)], { mode, axes, keepDims: true });
  };
}

export const convertGlobalAveragePool = convertGlobalPool('mean');
export const convertGlobalMaxPool = convertGlobalPool('max');

/** alpha·A'·B' + beta·C. Constants absorb alpha and beta. */
export const convertGemm: Convert = (node) => {
  const { attributes } = node;
  const alpha = attributes.float('alpha', 1);
  const beta = attributes.float('beta', 1);
  const attrs = { transA: attributes.int('transA', 0) !== 0, transB: attributes.int('transB', 0) !== 0 };
  const addend = node.inputs[2];
  const right = scaled(node, node.input(1), alpha, 'alpha');
  const inputs = [node.input(0), right];
  if (addend === undefined || beta === 0) return node.result(matmul, inputs, { ...attrs, epilogue: [] });
  const product = node.emit(matmul, inputs, { ...attrs, epilogue: [] }, 'product');
  return node.steps(product, [scaled(node, addend, beta, 'beta')], [{ kind: 'add', operand: 1 }]);
};

/** The value times a number: folded into a constant, a node otherwise. */
function scaled(node: NodeContext, id: number, factor: number, part: string): number {
  if (factor === 1) return id;
  const tensor = node.builder.constantTensor(id);
  if (tensor !== undefined) return node.value(times(tensor, factor), part);
  const scale = node.value({ dtype: 'f32', shape: [], data: Float32Array.of(factor) }, `${part}.factor`);
  return node.emit(elementwise, [id, scale], { epilogue: [{ kind: 'mul', operand: 1 }] }, part);
}

function times(tensor: Tensor, factor: number): Tensor {
  return fromNumbers(
    tensor.dtype,
    tensor.shape,
    toNumbers(tensor).map((value) => value * factor),
  );
}

/** MatMul; operands of rank 1 get an axis of extent 1 that the result loses again. */
export const convertMatMul: Convert = (node) => {
  const attrs = { transA: false, transB: false, epilogue: [] };
  const [a, b] = [node.shape(0), node.shape(1)];
  if (a.length > 1 && b.length > 1) return node.result(matmul, [node.input(0), node.input(1)], attrs);
  if (a.length === 0 || b.length === 0)
    fail('AIT1002', 'scalars cannot be multiplied as matrices.', { where: node.where });
  const left = a.length === 1 ? node.emit(reshape, [node.input(0)], { shape: [1, ...a] }, 'row') : node.input(0);
  const right = b.length === 1 ? node.emit(reshape, [node.input(1)], { shape: [...b, 1] }, 'column') : node.input(1);
  const product = node.emit(matmul, [left, right], attrs, 'product');
  const shape = node.type(product).shape.filter((_, axis, all) => {
    const fromEnd = all.length - axis;
    return !(fromEnd === 2 && a.length === 1) && !(fromEnd === 1 && b.length === 1);
  });
  return node.result(reshape, [product], { shape });
};

/** From opset 13 along one axis; before, over all axes from `axis` on, taken as one. */
export const convertSoftmax: Convert = (node) => {
  const shape = node.shape(0);
  const modern = node.opset >= 13;
  const axis = normalizeAxis(node.attributes.int('axis', modern ? -1 : 1), shape.length);
  if (axis === undefined) {
    if (shape.length === 0)
      return node.result(reshape, [node.value({ dtype: 'f32', shape: [], data: Float32Array.of(1) }, 'one')], {
        shape: [],
      });
    fail('AIT1002', `axis is outside rank ${shape.length}.`, { where: node.where });
  }
  if (modern || axis === shape.length - 1) return node.result(softmax, [node.input(0)], { axis });
  const [outer, inner] = [shape.slice(0, axis), shape.slice(axis)].map((part) =>
    part.reduce((product, extent) => product * extent, 1),
  ) as [number, number];
  const flat = node.emit(reshape, [node.input(0)], { shape: [outer, inner] }, 'flat');
  return node.result(reshape, [node.emit(softmax, [flat], { axis: 1 }, 'softmax')], { shape });
};
