import { defineKernel, type Kernel } from '@ait-rvv/codegen-core';
import { elementCount, multiplyAddsOf, nodeText, typeAt, valueAt, type Graph, type Node } from '@ait-rvv/ir';
import { borderOf, segmentInstance, type Part } from './segment.js';
import { MOST_AXES } from './shapes.js';
import { translate } from './translate/index.js';

interface XnnpackMatch extends Part {
  readonly graph: Graph;
}

/** Everything XNNPACK computes; where it refuses, the reason is its own. */
export const xnnpackKernel: Kernel = defineKernel<XnnpackMatch, { readonly functions: string }>({
  id: 'xnnpack',
  match(node, { graph }) {
    const types = [...node.inputs, ...node.outputs].map((id) => typeAt(graph, id));
    const other = types.find(({ dtype }) => dtype !== 'f32');
    if (other !== undefined) return { reason: `element type ${other.dtype} is not supported` };
    if (types.some(({ shape }) => shape.length > MOST_AXES))
      return { reason: `XNNPACK knows ${MOST_AXES} axes at most` };
    if (types.some(({ shape }) => elementCount(shape) === 0)) return { reason: 'XNNPACK refuses empty tensors' };
    if (node.inputs.every((id) => valueAt(graph, id).constant !== undefined))
      return { reason: 'all inputs are constant' };
    const translation = translate(node, graph);
    return typeof translation === 'string' ? { reason: translation } : { node, translation, graph };
  },
  candidates: ({ translation }) => [{ functions: translation.functions.join(' ') }],
  cost: ({ node, graph }, _, { tuneVlen }) => vectorCycles(graph, node, tuneVlen),
  // Joined with others later; by itself it is a segment, too.
  emit: ({ node, translation, graph }) => segmentInstance(graph, [{ node, translation }], borderOf(graph, node), 0),
});

/** A rough bound: XNNPACK's own choice of kernels is not for us to predict. */
function vectorCycles(graph: Graph, node: Node, vlen: number): number {
  const elements = node.outputs.reduce((sum, id) => sum + elementCount(typeAt(graph, id).shape), 0);
  if (!Number.isFinite(elements)) throw new Error(`${nodeText(node)} has no size`);
  return Math.ceil((multiplyAddsOf(graph, node) + elements) / (vlen / 32));
}
