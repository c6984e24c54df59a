import { inputOf, outputOf, typeAt, type SoftmaxAttrs } from '@ait-rvv/ir';
import type { Translate } from '../translation.js';

/** Softmax along the axis that is innermost in memory. */
export const translateSoftmax: Translate<SoftmaxAttrs> = (node, graph) => {
  if (node.attrs.log === true) return 'XNNPACK has no logarithm of softmax';
  const { order } = typeAt(graph, inputOf(node)).layout;
  if (order.at(-1) !== node.attrs.axis) return 'XNNPACK has softmax along the innermost axis only';
  return {
    functions: ['softmax'],
    define: (subgraph) =>
      subgraph.call('xnn_define_softmax', subgraph.value(inputOf(node)), subgraph.result(outputOf(node)), 0),
  };
};
