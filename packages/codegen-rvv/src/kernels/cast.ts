import { cast, elementCount, isOp, sameMemory, typeAt, type DType, type Node } from '@ait-rvv/ir';
import { defineKernel, oneCall } from '@ait-rvv/codegen-core';
import { size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';
import { TEMPLATE_DTYPES } from '../template-dtypes.js';

interface CastMatch {
  readonly node: Node;
  readonly from: DType;
  readonly to: DType;
  readonly count: number;
}

/** Changes of element type. */
export const castKernel = defineKernel<CastMatch, Record<string, never>>({
  id: 'cast',
  match(node, { graph }) {
    if (!isOp(node, cast)) return { reason: 'takes cast only' };
    const [x, y] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, node.outputs[0] ?? -1)];
    if (!sameMemory(x.shape, x.layout, y.layout)) return { reason: 'input and output lie in another order' };
    return { node, from: x.dtype, to: y.dtype, count: elementCount(y.shape) };
  },
  candidates: () => [{}],
  cost: ({ count, from, to }, _, { tuneVlen }) =>
    Math.ceil(count / (tuneVlen / 8)) * (TEMPLATE_DTYPES[from].l8 + TEMPLATE_DTYPES[to].l8) * 5,
  emit({ node, from, to, count }) {
    const source = kernelSource({
      dtype: from,
      family: 'cast',
      variant: `to_${to}`,
      argsVariant: `to_${to}`,
      epilogue: [],
      parameters: { to: TEMPLATE_DTYPES[to] },
    });
    const args = [tensor('x', node.inputs[0]), tensor('y', node.outputs[0]), size('count', count)];
    return oneCall('cast', source, args, { parameters: { from, to } });
  },
});
