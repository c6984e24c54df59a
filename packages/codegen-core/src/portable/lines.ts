import {
  elementCount,
  inputOf,
  isOp,
  outputOf,
  scan,
  topk,
  typeAt,
  type DType,
  type Node,
  type ScanAttrs,
  type Shape,
  type TopkAttrs,
} from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { elementType, portableInstance, portableSource, refusedType, scalarCycles, wholes } from './source.js';

/** Lines along an axis of a dense tensor. */
interface Lines {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

interface LinesMatch<A> {
  readonly node: Node<A>;
  readonly dtype: DType;
  readonly lines: Lines;
}

function linesAlong(shape: Shape, axis: number): Lines {
  const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  return { outer, extent: shape[axis] ?? 1, inner };
}

/** Running sums. */
export const portableScan = defineKernel<LinesMatch<ScanAttrs>, Record<string, never>>({
  id: 'portable_scan',
  match(node, { graph }) {
    if (!isOp(node, scan)) return { reason: 'takes scan only' };
    const { dtype, shape } = typeAt(graph, inputOf(node));
    const reason = refusedType(dtype);
    return reason === undefined ? { node, dtype, lines: linesAlong(shape, node.attrs.axis) } : { reason };
  },
  candidates: () => [{}],
  cost: ({ lines }) => scalarCycles(lines.outer * lines.extent * lines.inner),
  emit({ node, dtype, lines }) {
    const { exclusive, reverse } = node.attrs;
    return portableInstance(
      portableSource('scan', ['types']),
      [
        tensor('x', inputOf(node)),
        tensor('y', outputOf(node)),
        elementType('type', dtype),
        ...wholes({ ...lines, exclusive: Number(exclusive), reverse: Number(reverse) }),
      ],
      { inPlace: [0] },
    );
  },
});

/** The best elements of lines. */
export const portableTopk = defineKernel<LinesMatch<TopkAttrs>, Record<string, never>>({
  id: 'portable_topk',
  match(node, { graph }) {
    if (!isOp(node, topk)) return { reason: 'takes topk only' };
    const { dtype, shape } = typeAt(graph, inputOf(node));
    const reason = refusedType(dtype);
    return reason === undefined ? { node, dtype, lines: linesAlong(shape, node.attrs.axis) } : { reason };
  },
  candidates: () => [{}],
  cost: ({ node, lines }) => scalarCycles(lines.outer * lines.extent * lines.inner, 4 * node.attrs.k),
  emit({ node, dtype, lines }) {
    const { k, mode, last } = node.attrs;
    return portableInstance(portableSource('topk', ['types']), [
      tensor('x', inputOf(node)),
      tensor('values', outputOf(node)),
      tensor('indices', outputOf(node, 1)),
      elementType('type', dtype),
      ...wholes({ ...lines, k, smallest: Number(mode === 'min'), last: Number(last) }),
    ]);
  },
});
