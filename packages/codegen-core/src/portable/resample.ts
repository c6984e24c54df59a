import {
  elementCount,
  inputOf,
  isOp,
  outputOf,
  resample,
  typeAt,
  valueAt,
  type Node,
  type ResampleAttrs,
  type Shape,
  type Tensor,
} from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { packedFloats, packedIndices } from '../packed.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

interface ResampleMatch {
  readonly node: Node<ResampleAttrs>;
  readonly shape: Shape;
  readonly indices: Tensor;
  readonly weights: Tensor;
}

/** Weighted sums along an axis. */
export const portableResample = defineKernel<ResampleMatch, Record<string, never>>({
  id: 'portable_resample',
  match(node, { graph }) {
    if (!isOp(node, resample)) return { reason: 'takes resample only' };
    const { dtype, shape } = typeAt(graph, inputOf(node));
    if (dtype !== 'f32') return { reason: `element type ${dtype} is not supported at run time` };
    const [indices, weights] = [1, 2].map((input) => valueAt(graph, inputOf(node, input)).constant);
    if (indices?.kind !== 'dense' || weights?.kind !== 'dense')
      return { reason: 'indices or weights are not constant' };
    return { node, shape, indices: indices.tensor, weights: weights.tensor };
  },
  candidates: () => [{}],
  cost: ({ shape, indices }) => scalarCycles(elementCount(shape) * (indices.shape[0] ?? 1)),
  emit({ node, shape, indices, weights }) {
    const { axis } = node.attrs;
    const [taps = 0, extent = 0] = indices.shape;
    const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
    return portableInstance(
      portableSource('resample'),
      [
        tensor('x', inputOf(node)),
        tensor('y', outputOf(node)),
        { name: 'indices', arg: { kind: 'packed', index: 0 } },
        { name: 'weights', arg: { kind: 'packed', index: 1 } },
        ...wholes({ outer, from: shape[axis] ?? 1, extent, inner, taps }),
      ],
      { weights: [packedIndices(`${node.name}.indices`, indices), packedFloats(`${node.name}.weights`, weights)] },
    );
  },
});
