import {
  channelMajor,
  conv2d,
  inputOf,
  isOp,
  matmul,
  normalize,
  outputOf,
  stepOperand,
  typeAt,
  valueAt,
  type EpilogueStep,
  type Graph,
  type LayoutPolicy,
  type Node,
} from '@ait-rvv/ir';
import { RV64GCV, type Backend, type Target } from '@ait-rvv/codegen-core';
import { channelWalk, placeOperand, rowWalk } from './epilogue.js';
import { RVV_KERNELS } from './kernels/index.js';

/** Pictures are channel-major, plain form (docs/adr/0002). */
const layouts: LayoutPolicy = {
  image: (type) => channelMajor(type.shape.length),
  // A matrix product reads its left-hand side one scalar at a time, in any order.
  readsAnyLayout: (graph, node, input) =>
    isOp(node, matmul) && input === 0 && typeAt(graph, inputOf(node)).shape.length === 2,
};

/** Whether a kernel can apply the step while the result is in registers; layouts are not assigned yet. */
function canFuse(graph: Graph, node: Node, step: EpilogueStep): boolean {
  const index = stepOperand(step);
  if (index === undefined) return true;
  // The normalisation walks its operands wherever they lie.
  if (isOp(node, normalize)) return true;
  const result = typeAt(graph, outputOf(node));
  const operand = typeAt(graph, inputOf(node, index));
  const constant = valueAt(graph, inputOf(node, index)).constant !== undefined;
  if (!isOp(node, conv2d)) return placeOperand(step, operand, result, rowWalk(result.shape.length)) !== undefined;
  // Layout assignment will store computed pictures channel-major; constants stay as they are.
  const image = { ...result, layout: layouts.image(result) };
  const stored = constant || operand.shape.length !== 4 ? operand : { ...operand, layout: layouts.image(operand) };
  return placeOperand(step, stored, image, channelWalk(4)) !== undefined;
}

/** The custom RVV target: channel-major kernels that run on any VLEN. */
export function rvvBackend(target: Target = RV64GCV): Backend {
  return { id: 'rvv', target, layouts, canFuse, kernels: RVV_KERNELS };
}
