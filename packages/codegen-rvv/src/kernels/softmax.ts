import { elementCount, isOp, isPlain, physicalShape, softmax, typeAt, type Node, type SoftmaxAttrs } from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import { size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';

interface SoftmaxMatch {
  readonly node: Node<SoftmaxAttrs>;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
}

/** Softmax over one axis of any plain layout. */
export const softmaxKernel = defineKernel<SoftmaxMatch, Record<string, never>>({
  id: 'softmax',
  match(node, { graph }) {
    if (!isOp(node, softmax)) return { reason: 'takes softmax only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported` };
    if (!isPlain(x.layout)) return { reason: 'blocked layouts are not supported' };
    const physical = physicalShape(x.shape, x.layout);
    const at = x.layout.order.indexOf(node.attrs.axis);
    return {
      node,
      outer: elementCount(physical.slice(0, at)),
      axis: physical[at] ?? 1,
      inner: elementCount(physical.slice(at + 1)),
    };
  },
  candidates: () => [{}],
  cost: ({ outer, axis, inner }) => outer * axis * inner * 8,
  emit({ node, outer, axis, inner }) {
    const variant = inner === 1 ? 'along' : 'across';
    const log = node.attrs.log === true;
    const source = kernelSource({
      family: 'softmax',
      variant: `${log ? 'log_' : ''}${variant}`,
      epilogue: [],
      parameters: { variant, log },
    });
    return {
      kernel: 'softmax',
      parameters: { variant },
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            tensor('x', node.inputs[0]),
            tensor('y', node.outputs[0]),
            size('outer', outer),
            size('axis', axis),
            size('inner', inner),
          ],
        },
      ],
      sources: [source],
      scratch: [],
      weights: [],
      inPlace: [0],
    };
  },
});
