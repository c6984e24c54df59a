import {
  isPlain,
  layoutStrides,
  stepOperand,
  typeAt,
  type ElementwiseAttrs,
  type EpilogueStep,
  type Graph,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { collapseLoops, type Loops } from './loops.js';
import { operandStrides } from './step-operands.js';

/**
 * The loops of a chain of elementwise steps, in the memory order of its result. Tensors: y, x, then the operands in the
 * order of the steps that read one. Undefined where a layout has no strides.
 */
export function chainLoops(graph: Graph, node: Node<ElementwiseAttrs>): Loops | undefined {
  const y = typeAt(graph, node.outputs[0] ?? -1);
  if (!isPlain(y.layout)) return undefined;
  const xStep: EpilogueStep = { kind: 'add', operand: 0 };
  const reads = [xStep, ...node.attrs.epilogue.filter((step) => stepOperand(step) !== undefined)];
  const canonical = [
    layoutStrides(y.shape, y.layout),
    ...reads.map((step) => operandStrides(step, typeAt(graph, node.inputs[stepOperand(step) ?? -1] ?? -1), y.shape, 1)),
  ];
  return resultLoops(y, canonical);
}

/** The loops over a result and what is broadcast to it; tensors: y, then the others. */
export function broadcastLoops(y: TensorType, others: readonly TensorType[]): Loops | undefined {
  if ([y, ...others].some(({ layout }) => !isPlain(layout))) return undefined;
  const strides = others.map((type) => operandStrides({ kind: 'add', operand: 0 }, type, y.shape, 1));
  return resultLoops(y, [layoutStrides(y.shape, y.layout), ...strides]);
}

/** Loops in the memory order of y; strides are given along its canonical axes. */
function resultLoops(y: TensorType, canonical: readonly (readonly number[])[]): Loops {
  const { order } = y.layout;
  const loops = collapseLoops({
    extents: order.map((axis) => y.shape[axis] ?? 1),
    strides: canonical.map((own) => order.map((axis) => own[axis] ?? 0)),
  });
  // A result of one element still needs a lane.
  return loops.extents.length === 0 ? { extents: [1], strides: canonical.map(() => [0]) } : loops;
}

/** A tensor of these strides is walked exactly like the result, so that the result may lie on it. */
export function walksLikeResult(own: readonly number[], { extents, strides }: Loops): boolean {
  const [y = []] = strides;
  return own.every((stride, loop) => extents[loop] === 1 || stride === y[loop]);
}
