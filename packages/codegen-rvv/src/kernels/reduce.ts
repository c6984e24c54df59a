import { isOp, reduce, typeAt, type Node, type ReduceAttrs } from '@ait-rvv/ir';
import { defineKernel, reduceLoops } from '@ait-rvv/codegen-core';
import { sizes, tensor } from '../fields.js';
import { padLoops, type Loops } from '../loops.js';
import { kernelSource } from '../sources.js';

interface ReduceMatch {
  readonly node: Node<ReduceAttrs>;
  readonly kept: Loops;
  readonly reduced: Loops;
  readonly variant: 'along' | 'across';
}

/** Reductions over any axes of any plain layout, as long as an axis is contiguous. */
export const reduceKernel = defineKernel<ReduceMatch, Record<string, never>>({
  id: 'reduce',
  match(node, { graph }) {
    if (!isOp(node, reduce)) return { reason: 'takes reduce only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    if (x.layout.block !== undefined) return { reason: 'position blocks have no strides' };
    const loops = reduceLoops(node, x);
    const [kept, reduced] = [padLoops(loops.kept, 3), padLoops(loops.reduced, 3)];
    if (kept === undefined || reduced === undefined)
      return { reason: 'reduces more separate axes than the kernel walks' };
    const along = reduced.strides[0]?.[2] === 1 || reduced.extents[2] === 1;
    const across = kept.strides[0]?.[2] === 1 && (kept.extents[2] ?? 1) > 1;
    if (!along && !across) return { reason: 'no axis is contiguous' };
    return { node, kept, reduced, variant: across ? 'across' : 'along' };
  },
  candidates: () => [{}],
  cost: ({ kept, reduced }) => [...kept.extents, ...reduced.extents].reduce((product, extent) => product * extent, 1),
  emit({ node, kept, reduced, variant }) {
    const { mode } = node.attrs;
    const source = kernelSource({
      family: 'reduce',
      variant: `${mode}_${variant}`,
      epilogue: [],
      parameters: { mode, variant },
    });
    return {
      kernel: 'reduce',
      parameters: { mode, variant },
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            tensor('x', node.inputs[0]),
            tensor('y', node.outputs[0]),
            sizes('kept', kept.extents),
            sizes('kept_stride', kept.strides[0] ?? []),
            sizes('reduced', reduced.extents),
            sizes('reduced_stride', reduced.strides[0] ?? []),
          ],
        },
      ],
      sources: [source],
      scratch: [],
      weights: [],
      inPlace: [],
    };
  },
});
