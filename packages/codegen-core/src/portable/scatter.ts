import {
  byteSize,
  elementCount,
  inputOf,
  isOp,
  outputOf,
  scatter,
  typeAt,
  type Node,
  type ScatterAttrs,
  type TensorType,
} from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import {
  constantName,
  elementType,
  portableInstance,
  portableSource,
  refusedType,
  scalarCycles,
  symbol,
  wholes,
} from './source.js';

interface ScatterMatch {
  readonly node: Node<ScatterAttrs>;
  readonly x: TensorType;
  readonly indices: TensorType;
}

/** Rows written by indices, known or computed. */
export const portableScatter = defineKernel<ScatterMatch, Record<string, never>>({
  id: 'portable_scatter',
  match(node, { graph }) {
    if (!isOp(node, scatter)) return { reason: 'takes scatter only' };
    const [x, indices] = [typeAt(graph, inputOf(node)), typeAt(graph, inputOf(node, 1))];
    const reason = refusedType(x.dtype);
    return reason === undefined ? { node, x, indices } : { reason };
  },
  candidates: () => [{}],
  cost: ({ x, indices }) => scalarCycles(elementCount(x.shape) + elementCount(indices.shape)),
  emit: ({ node, x, indices }) =>
    portableInstance(
      portableSource('scatter', ['types']),
      [
        tensor('x', inputOf(node)),
        tensor('y', outputOf(node)),
        tensor('indices', inputOf(node, 1)),
        tensor('updates', inputOf(node, 2)),
        elementType('type', x.dtype),
        symbol('mode', `AIT_UPDATE_${constantName(node.attrs.mode)}`),
        ...wholes({
          index_size: byteSize(indices.dtype),
          rows: x.shape[0] ?? 0,
          width: elementCount(x.shape.slice(1)),
          count: elementCount(indices.shape),
        }),
      ],
      { inPlace: [0] },
    ),
});
