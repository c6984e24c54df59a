import {
  batchNorm,
  elementCount,
  inputOf,
  isOp,
  isPlain,
  outputOf,
  physicalShape,
  typeAt,
  type BatchNormAttrs,
  type Node,
} from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

interface BatchNormMatch {
  readonly node: Node<BatchNormAttrs>;
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** Batch normalisation with parameters that are computed; constant ones have become part of something else. */
export const portableBatchNorm = defineKernel<BatchNormMatch, Record<string, never>>({
  id: 'portable_batch_norm',
  match(node, { graph }) {
    if (!isOp(node, batchNorm)) return { reason: 'takes batchNorm only' };
    const { dtype, shape, layout } = typeAt(graph, inputOf(node));
    if (dtype !== 'f32') return { reason: `element type ${dtype} is not supported` };
    if (!isPlain(layout)) return { reason: 'blocked layouts are not supported' };
    const physical = physicalShape(shape, layout);
    const at = layout.order.indexOf(1);
    const [outer, inner] = [elementCount(physical.slice(0, at)), elementCount(physical.slice(at + 1))];
    return { node, outer, channels: physical[at] ?? 1, inner };
  },
  candidates: () => [{}],
  cost: ({ outer, channels, inner }) => scalarCycles(outer * channels * inner),
  emit: ({ node, outer, channels, inner }) =>
    portableInstance(
      portableSource('batch_norm'),
      [
        ...['x', 'scale', 'bias', 'mean', 'variance'].map((name, index) => tensor(name, inputOf(node, index))),
        tensor('y', outputOf(node)),
        { name: 'epsilon', arg: { kind: 'float', value: node.attrs.epsilon } },
        ...wholes({ outer, channels, inner }),
      ],
      { inPlace: [0] },
    ),
});
