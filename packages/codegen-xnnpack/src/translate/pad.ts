import { inputOf, outputOf, typeAt, type PadAttrs } from '@ait-rvv/ir';
import { sizesArgument } from '../subgraph.js';
import type { Translate } from '../translation.js';

/** Padding with one value. */
export const translatePad: Translate<PadAttrs> = (node, graph) => {
  const { mode, before, after, value, between = [] } = node.attrs;
  if (mode !== 'constant') return `XNNPACK has no padding of mode ${mode}`;
  if ([...before, ...after].some((extra) => extra < 0)) return 'XNNPACK does not crop';
  if (between.some((extra) => extra > 0)) return 'XNNPACK does not spread elements apart';
  const { order } = typeAt(graph, outputOf(node)).layout;
  return {
    functions: ['static_constant_pad'],
    define(subgraph) {
      const inOrder = (extras: readonly number[]) => sizesArgument(order.map((axis) => extras[axis] ?? 0));
      const [from, to] = [subgraph.value(inputOf(node)), subgraph.result(outputOf(node))];
      subgraph.call('xnn_define_static_constant_pad', inOrder(before), inOrder(after), { float: value }, from, to, 0);
    },
  };
};
