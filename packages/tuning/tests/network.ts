import { lower } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, GraphBuilder, optimize, tensorType, type Graph } from '@ait-rvv/ir';
import { planPruning, pruneGraph } from '@ait-rvv/pruning';
import { randomTensor } from '../src/trial/trial-graph.js';

export const backend = rvvBackend();

/** A 3x3 convolution of 16 channels on pictures of `size` by `size` positions. */
export function convolution(size = 8, channels = 16): Graph {
  const builder = new GraphBuilder('net');
  const x = builder.input('x', tensorType('f32', [1, channels, size, size]));
  const w = builder.constant('w', randomTensor({ shape: [channels, channels, 3, 3] }, 'w'));
  const attrs = {
    ...{ strides: [1, 1] as const, pads: [1, 1, 1, 1] as const, dilations: [1, 1] as const },
    ...{ groups: 1, epilogue: [{ kind: 'relu' as const }] },
  };
  builder.output('y', builder.apply(conv2d, [x, w], attrs, { name: 'conv' }));
  return builder.build();
}

/** The graph as the kernels take it, pruned if there is a ratio. */
export function lowered(graph: Graph, ratio?: string): Graph {
  if (ratio === undefined) return lower(graph, backend);
  const plan = planPruning(optimize(graph), { drop: { ratio } });
  return lower(graph, backend, { encode: { name: 'prune', run: (one) => pruneGraph(one, plan) } });
}
