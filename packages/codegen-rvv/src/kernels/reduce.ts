import {
  elementCount,
  isFloat,
  isOp,
  isPlain,
  reduce,
  typeAt,
  type DType,
  type Node,
  type ReduceAttrs,
} from '@ait-rvv/ir';
import { defineKernel, reduceLoops } from '@ait-rvv/codegen-core';
import { sizes, tensor } from '../fields.js';
import { padLoops, type Loops } from '../loops.js';
import { kernelSource } from '../sources.js';

/** Loops over kept and over reduced axes. */
const LOOPS = 6;

interface ReduceMatch {
  readonly node: Node<ReduceAttrs>;
  readonly dtype: DType;
  readonly kept: Loops;
  readonly reduced: Loops;
  readonly variant: 'along' | 'across';
  /** The axis of the lanes is not contiguous. */
  readonly strided: boolean;
}

/** Reductions over any axes of any plain layout. */
export const reduceKernel = defineKernel<ReduceMatch, Record<string, never>>({
  id: 'reduce',
  match(node, { graph }) {
    if (!isOp(node, reduce)) return { reason: 'takes reduce only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    if (isFloat(x.dtype) && x.dtype !== 'f32')
      return { reason: `element type ${x.dtype} is not supported at run time` };
    if (!isPlain(x.layout)) return { reason: 'position blocks have no strides' };
    const loops = reduceLoops(node, x);
    const [kept, reduced] = [padLoops(loops.kept, LOOPS), padLoops(loops.reduced, LOOPS)];
    if (kept === undefined || reduced === undefined)
      return { reason: 'reduces more separate axes than the kernel walks' };
    return { node, dtype: x.dtype, kept, reduced, ...lanes(kept, reduced) };
  },
  candidates: () => [{}],
  cost: ({ kept, reduced }) => elementCount(kept.extents) * elementCount(reduced.extents),
  emit({ node, dtype, kept, reduced, variant, strided }) {
    const { mode } = node.attrs;
    const source = kernelSource({
      dtype,
      family: 'reduce',
      variant: `${mode.toLowerCase()}_${variant}${strided ? '_strided' : ''}`,
      epilogue: [],
      parameters: { mode, variant, strided },
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

/** Lanes run along a contiguous axis if there is one, else along the longer one of the two innermost. */
function lanes(kept: Loops, reduced: Loops): Pick<ReduceMatch, 'variant' | 'strided'> {
  const [across, along] = [kept, reduced].map(({ extents, strides }) => ({
    extent: extents[LOOPS - 1] ?? 1,
    contiguous: strides[0]?.[LOOPS - 1] === 1,
  }));
  if (across?.contiguous === true && across.extent > 1) return { variant: 'across', strided: false };
  if (along?.contiguous === true || along?.extent === 1) return { variant: 'along', strided: false };
  return { variant: (across?.extent ?? 1) > (along?.extent ?? 1) ? 'across' : 'along', strided: true };
}
