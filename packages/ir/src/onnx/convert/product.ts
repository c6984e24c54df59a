import type { ValueId } from '../../core/graph.js';
import { fromNumbers, toNumbers, type Tensor } from '../../core/tensor.js';
import { fail } from '../../diagnostics/diagnostic.js';
import { matmul } from '../../ops/matmul.js';
import { reshape } from '../../ops/regroup.js';
import type { Convert, NodeContext } from '../node-context.js';

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
function scaled(node: NodeContext, id: ValueId, factor: number, part: string): ValueId {
  if (factor === 1) return id;
  const tensor = node.builder.constantTensor(id);
  if (tensor !== undefined) return node.value(times(tensor, factor), part);
  const scale = node.scalar(node.type(id).dtype, factor, `${part}.factor`);
  return node.chain(id, [scale], [{ kind: 'mul', operand: 1 }], part);
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
