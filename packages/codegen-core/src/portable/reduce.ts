import { inputOf, isOp, isPlain, outputOf, reduce, typeAt, type Node, type ReduceAttrs } from '@ait-rvv/ir';
import { sizes, tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { padLoops, type Loops } from '../loops.js';
import { reduceLoops } from '../reduce-loops.js';
import { constantName, PORTABLE_AXES, portableInstance, portableSource, scalarCycles, symbol } from './source.js';

interface ReduceMatch {
  readonly node: Node<ReduceAttrs>;
  readonly kept: Loops;
  readonly reduced: Loops;
}

/** Reductions over any axes of any plain layout. */
export const portableReduce = defineKernel<ReduceMatch, Record<string, never>>({
  id: 'portable_reduce',
  match(node, { graph }) {
    if (!isOp(node, reduce)) return { reason: 'takes reduce only' };
    const x = typeAt(graph, inputOf(node));
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    if (!isPlain(x.layout)) return { reason: 'blocked layouts are not supported' };
    const loops = reduceLoops(node, x);
    const [kept, reduced] = [padLoops(loops.kept, PORTABLE_AXES), padLoops(loops.reduced, PORTABLE_AXES)];
    if (kept !== undefined && reduced !== undefined) return { node, kept, reduced };
    return { reason: 'reduces more separate axes than the kernel walks' };
  },
  candidates: () => [{}],
  cost: ({ kept, reduced }) =>
    scalarCycles([...kept.extents, ...reduced.extents].reduce((product, extent) => product * extent, 1)),
  emit: ({ node, kept, reduced }) =>
    portableInstance(portableSource('reduce'), [
      tensor('x', inputOf(node)),
      tensor('y', outputOf(node)),
      symbol('mode', `AIT_REDUCE_${constantName(node.attrs.mode)}`),
      sizes('kept', kept.extents),
      sizes('kept_stride', kept.strides[0] ?? []),
      sizes('reduced', reduced.extents),
      sizes('reduced_stride', reduced.strides[0] ?? []),
    ]),
});
