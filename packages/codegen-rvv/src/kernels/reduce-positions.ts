import {
  elementCount,
  inputOf,
  isOp,
  outputOf,
  positionBlocks,
  reduce,
  typeAt,
  type Node,
  type ReduceAttrs,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, oneCall } from '@ait-rvv/codegen-core';
import { positions, size, tensor } from '../fields.js';
import { reducesPositions } from '../layouts.js';
import { kernelSource } from '../sources.js';

interface Match {
  readonly node: Node<ReduceAttrs>;
  readonly x: TensorType;
}

/** Reductions over all positions of a picture, such as global pooling, wherever the positions lie. */
export const reducePositionsKernel = defineKernel<Match, Record<string, never>>({
  id: 'reduce_positions',
  match(node, { graph }) {
    if (!isOp(node, reduce)) return { reason: 'takes reduce only' };
    const x = typeAt(graph, inputOf(node));
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    if (!reducesPositions(x, node.attrs.axes)) return { reason: 'it is not over all positions of a picture' };
    // A position count of zero has no blocks to walk.
    return (positionBlocks(x.shape, x.layout)?.block ?? 0) > 0 ? { node, x } : { reason: 'there are no positions' };
  },
  candidates: () => [{}],
  cost: ({ x }, _, { tuneVlen }) => (elementCount(x.shape) / (tuneVlen / 32)) * 4,
  emit({ node, x }) {
    const { mode } = node.attrs;
    const source = kernelSource({ family: 'reduce_positions', variant: mode, epilogue: [], parameters: { mode } });
    const [n = 1, c = 1, ...spatial] = x.shape;
    const args = [
      tensor('x', inputOf(node)),
      positions('x_at', x, inputOf(node)),
      tensor('y', outputOf(node)),
      size('batch', n),
      size('channels', c),
      size('positions', elementCount(spatial)),
    ];
    return oneCall('reduce_positions', source, args, { parameters: { mode } });
  },
});
