import { elementCount, inputOf, isOp, isPlain, outputOf, physicalShape, softmax, typeAt, type Node } from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

interface SoftmaxMatch {
  readonly node: Node;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly log: number;
}

/** Softmax over one axis of any plain layout. */
export const portableSoftmax = defineKernel<SoftmaxMatch, Record<string, never>>({
  id: 'portable_softmax',
  match(node, { graph }) {
    if (!isOp(node, softmax)) return { reason: 'takes softmax only' };
    const { dtype, shape, layout } = typeAt(graph, inputOf(node));
    if (dtype !== 'f32') return { reason: `element type ${dtype} is not supported` };
    if (!isPlain(layout)) return { reason: 'blocked layouts are not supported' };
    const physical = physicalShape(shape, layout);
    const at = layout.order.indexOf(node.attrs.axis);
    const [outer, inner] = [elementCount(physical.slice(0, at)), elementCount(physical.slice(at + 1))];
    return { node, outer, axis: physical[at] ?? 1, inner, log: Number(node.attrs.log === true) };
  },
  candidates: () => [{}],
  cost: ({ outer, axis, inner }) => scalarCycles(outer * axis * inner, 40),
  emit: ({ node, outer, axis, inner, log }) =>
    portableInstance(
      portableSource('softmax'),
      [tensor('x', inputOf(node)), tensor('y', outputOf(node)), ...wholes({ outer, axis, inner, log })],
      { inPlace: [0] },
    ),
});
