import { channelsLast, inputOf, outputOf, sameMemory, typeAt, type ReduceAttrs } from '@ait-rvv/ir';
import type { Translate } from '../translation.js';

/** The mean of whole pictures. */
export const translateReduce: Translate<ReduceAttrs> = (node, graph) => {
  const { axes, mode } = node.attrs;
  const { shape, layout } = typeAt(graph, inputOf(node));
  if (mode !== 'mean') return `XNNPACK of 2022 has no ${mode} over axes`;
  if (shape.length !== 4 || axes.join() !== '2,3') return 'XNNPACK of 2022 has the mean of whole pictures only';
  if (!sameMemory(shape, layout, channelsLast(4))) return 'the picture is not NHWC';
  const [n = 1, c = 1, h = 1, w = 1] = shape;
  return {
    functions: ['global_average_pooling_2d'],
    define(subgraph) {
      const input = subgraph.value(inputOf(node), [n, h, w, c]);
      subgraph.call('ait_xnnpack_global_average_pooling', input, subgraph.result(outputOf(node), [n, 1, 1, c]));
    },
  };
};
