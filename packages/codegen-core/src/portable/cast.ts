import { cast, elementCount, inputOf, isOp, outputOf, typeAt, type Node, type TensorType } from '@ait-rvv/ir';
import { size, tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { elementType, portableInstance, portableSource, scalarCycles } from './source.js';

interface CastMatch {
  readonly node: Node;
  readonly from: TensorType;
  readonly to: TensorType;
}

/** A change of element type at run time. */
export const portableCast = defineKernel<CastMatch, Record<string, never>>({
  id: 'portable_cast',
  match(node, { graph }) {
    if (!isOp(node, cast)) return { reason: 'takes cast only' };
    const [from, to] = [typeAt(graph, inputOf(node)), typeAt(graph, outputOf(node))];
    const half = from.dtype === 'f16' || to.dtype === 'f16';
    return half ? { reason: 'f16 is not supported' } : { node, from, to };
  },
  candidates: () => [{}],
  cost: ({ from }) => scalarCycles(elementCount(from.shape)),
  emit: ({ node, from, to }) =>
    portableInstance(portableSource('cast', ['types']), [
      tensor('x', inputOf(node)),
      tensor('y', outputOf(node)),
      elementType('from', from.dtype),
      elementType('to', to.dtype),
      size('count', elementCount(to.shape)),
    ]),
});
