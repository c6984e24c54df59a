import { isPlain, typeAt, type DType } from '@ait-rvv/ir';
import { defineKernel, movedElements, moveCalls, movesOf, walkMoves, type Move } from '@ait-rvv/codegen-core';
import { kernelSource } from '../sources.js';

interface CopyMatch {
  readonly dtype: DType;
  readonly moves: readonly Move[];
}

/** Everything that only moves elements by strides: layout changes, slices, splits, joins, broadcasts. */
export const copyKernel = defineKernel<CopyMatch, Record<string, never>>({
  id: 'copy',
  match(node, { graph }) {
    const blocked = [...node.inputs, ...node.outputs].some((id) => !isPlain(typeAt(graph, id).layout));
    if (blocked) return { reason: 'position blocks have no strides' };
    const moves = movesOf(graph, node);
    if (moves === undefined) return { reason: 'takes relayout, concat, split, slice and expand only' };
    const { dtype } = typeAt(graph, node.outputs[0] ?? -1);
    const walked = walkMoves(moves, 6);
    return walked === undefined ? { reason: 'moves along more axes than the kernel walks' } : { dtype, moves: walked };
  },
  candidates: () => [{}],
  cost: ({ moves }) => movedElements(moves),
  emit({ dtype, moves }) {
    const source = kernelSource({ dtype, family: 'copy', variant: '', epilogue: [], parameters: {} });
    const calls = moveCalls(moves, source);
    return { kernel: 'copy', parameters: {}, calls, sources: [source], scratch: [], weights: [], inPlace: [] };
  },
});
