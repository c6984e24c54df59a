import { byteSize, outputOf, typeAt, type DType } from '@ait-rvv/ir';
import { size } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { movedElements, moveCalls, movesOf, walkMoves, type Move } from '../moves.js';
import { PORTABLE_AXES, portableInstance, portableSource, scalarCycles } from './source.js';

interface CopyMatch {
  readonly moves: readonly Move[];
  readonly dtype: DType;
}

/** Everything that only moves elements by strides, of any element type. */
export const portableCopy = defineKernel<CopyMatch, Record<string, never>>({
  id: 'portable_copy',
  match(node, { graph }) {
    const moves = movesOf(graph, node);
    if (moves === undefined) return { reason: 'takes relayout, concat, split, slice and expand only' };
    const walked = walkMoves(moves, PORTABLE_AXES);
    if (walked === undefined) return { reason: 'moves along more axes than the kernel walks' };
    return { moves: walked, dtype: typeAt(graph, outputOf(node)).dtype };
  },
  candidates: () => [{}],
  cost: ({ moves }) => scalarCycles(movedElements(moves)),
  emit({ moves, dtype }) {
    const source = portableSource('copy');
    return portableInstance(source, [], { calls: moveCalls(moves, source, [size('size', byteSize(dtype))]) });
  },
});
