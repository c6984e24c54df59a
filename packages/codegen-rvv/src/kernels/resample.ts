import { elementCount, isOp, resample, typeAt, valueAt, type Node, type ResampleAttrs, type Tensor } from '@ait-rvv/ir';
import { defineKernel, oneCall, packedFloats, packedIndices } from '@ait-rvv/codegen-core';
import { size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';

interface ResampleMatch {
  readonly node: Node<ResampleAttrs>;
  readonly indices: Tensor;
  readonly weights: Tensor;
  readonly outer: number;
  readonly from: number;
  readonly inner: number;
}

/** Weighted sums along an axis. */
export const resampleKernel = defineKernel<ResampleMatch, Record<string, never>>({
  id: 'resample',
  match(node, { graph }) {
    if (!isOp(node, resample)) return { reason: 'takes resample only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    const [indices, weights] = [1, 2].map((input) => valueAt(graph, node.inputs[input] ?? -1).constant);
    if (indices?.kind !== 'dense' || weights?.kind !== 'dense')
      return { reason: 'indices or weights are not constant' };
    const { axis } = node.attrs;
    const from = x.shape[axis] ?? 1;
    if (from >= 2 ** 30) return { reason: 'the axis is too long for 32-bit byte offsets' };
    const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)].map(elementCount);
    return { node, indices: indices.tensor, weights: weights.tensor, outer: outer ?? 1, from, inner: inner ?? 1 };
  },
  candidates: () => [{}],
  cost: ({ indices, outer, inner }) => 2 * indices.data.length * outer * inner,
  emit({ node, indices, weights, outer, from, inner }) {
    const variant = inner === 1 ? 'along' : 'across';
    const [taps = 0, extent = 0] = indices.shape;
    const source = kernelSource({ family: 'resample', variant, epilogue: [], parameters: { variant } });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('y', node.outputs[0]),
      { name: 'indices', arg: { kind: 'packed', index: 0 } } as const,
      { name: 'weights', arg: { kind: 'packed', index: 1 } } as const,
      size('outer', outer),
      size('from', from),
      size('extent', extent),
      size('inner', inner),
      size('taps', taps),
    ];
    return oneCall('resample', source, args, {
      parameters: { variant },
      weights: [packedIndices(`${node.name}.indices`, indices), packedFloats(`${node.name}.weights`, weights)],
    });
  },
});
