import { isOp, layoutStrides, reduce, rowMajorStrides, typeAt, type Node, type ReduceAttrs } from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import { sizes, tensor } from '../fields.js';
import { collapseLoops, padLoops, type Loops } from '../loops.js';
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
    const own = layoutStrides(x.shape, x.layout);
    const axes = x.shape.map((_, axis) => axis);
    const isReduced = (axis: number): boolean => node.attrs.axes.includes(axis);
    // The result is row-major over the kept axes, whatever the order of x.
    const keptShape = x.shape.map((extent, axis) => (isReduced(axis) ? 1 : extent));
    const dense = rowMajorStrides(keptShape);
    const keptAxes = axes.filter((axis) => !isReduced(axis));
    const kept = padLoops(
      collapseLoops({
        extents: keptAxes.map((axis) => x.shape[axis] ?? 1),
        strides: [keptAxes.map((axis) => own[axis] ?? 0), keptAxes.map((axis) => dense[axis] ?? 0)],
      }),
      3,
    );
    const reducedAxes = x.layout.order.filter(isReduced);
    const reduced = padLoops(
      collapseLoops({
        extents: reducedAxes.map((axis) => x.shape[axis] ?? 1),
        strides: [reducedAxes.map((axis) => own[axis] ?? 0)],
      }),
      3,
    );
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
