import {
  byteSize,
  elementCount,
  gather,
  inputOf,
  isOp,
  outputOf,
  typeAt,
  type GatherAttrs,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

interface GatherMatch {
  readonly node: Node<GatherAttrs>;
  readonly x: TensorType;
  readonly indices: TensorType;
}

/** Picking by indices that are known at run time only. */
export const portableGather = defineKernel<GatherMatch, Record<string, never>>({
  id: 'portable_gather',
  match(node, { graph }) {
    if (!isOp(node, gather)) return { reason: 'takes gather only' };
    const [x, indices] = [typeAt(graph, inputOf(node)), typeAt(graph, inputOf(node, 1))];
    const whole = indices.dtype === 'i32' || indices.dtype === 'i64';
    return whole ? { node, x, indices } : { reason: `indices of type ${indices.dtype} are not supported` };
  },
  candidates: () => [{}],
  cost: ({ x, indices }) => scalarCycles(elementCount(x.shape) + elementCount(indices.shape)),
  emit({ node, x, indices }) {
    const { axis } = node.attrs;
    return portableInstance(portableSource('gather'), [
      tensor('x', inputOf(node)),
      tensor('indices', inputOf(node, 1)),
      tensor('y', outputOf(node)),
      ...wholes({
        size: byteSize(x.dtype),
        index_size: byteSize(indices.dtype),
        outer: elementCount(x.shape.slice(0, axis)),
        extent: x.shape[axis] ?? 1,
        count: elementCount(indices.shape),
        inner: elementCount(x.shape.slice(axis + 1)),
      }),
    ]);
  },
});
