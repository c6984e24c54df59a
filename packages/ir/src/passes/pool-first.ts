import { inputOf, isOp, outputOf, typeAt, valueAt, type Graph, type Node } from '../core/graph.js';
import type { RewriteContext } from '../core/rewrite.js';
import { conv2d, isPointwise, type Conv2dAttrs } from '../ops/conv2d.js';
import { pool2d, type Pool2dAttrs } from '../ops/pool2d.js';
import type { Pass } from './pass.js';
import { swallowing } from './swallow.js';

/**
 * Pools before a 1x1 convolution rather than after it: both are linear, one along the channels and one along the positions,
 * so that their order is free, and the convolution then has a quarter of the positions under a 2x2 mean (DenseNet's
 * transitions). Not of pictures with padding, whose windows do not all count the same.
 */
export const poolFirst: Pass = swallowing('pool-first', (graph, pool, conv) => {
  if (!isOp(conv, conv2d) || !isOp(pool, pool2d)) return undefined;
  const exchanges = isLinear(graph, conv) && isPlainMean(graph, pool) && pays(graph, conv, pool);
  return exchanges ? (context) => exchange(pool, conv, context) : undefined;
});

/** A mean of sums is the sum of means, and a bias is its own mean. */
function isLinear(graph: Graph, { attrs, inputs }: Node<Conv2dAttrs>): boolean {
  const weight = typeAt(graph, inputs[1] ?? -1).shape;
  return (
    isPointwise(attrs, weight) && attrs.prologue === undefined && attrs.epilogue.every(({ kind }) => kind === 'bias')
  );
}

/** Every window lies in the picture, so that all its elements count the same. */
function isPlainMean(graph: Graph, pool: Node<Pool2dAttrs>): boolean {
  const { mode, kernel, strides, dilations, pads } = pool.attrs;
  const [from, to] = [typeAt(graph, inputOf(pool)).shape, typeAt(graph, outputOf(pool)).shape];
  const inside = [0, 1].every((axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    return ((to[2 + axis] ?? 1) - 1) * (strides[axis] ?? 1) + reach <= (from[2 + axis] ?? 1);
  });
  return mode === 'average' && inside && pads.every((extra) => extra === 0);
}

/** Pooling more channels must cost less than convolving fewer positions saves: an addition a tap beside a product a row. */
function pays(graph: Graph, conv: Node<Conv2dAttrs>, pool: Node<Pool2dAttrs>): boolean {
  const [, from = 1, ...picture] = typeAt(graph, inputOf(conv)).shape;
  const [, to = 1, ...pooled] = typeAt(graph, outputOf(pool)).shape;
  const [positions, left] = [picture, pooled].map((extents) => extents.reduce((product, one) => product * one, 1));
  const taps = pool.attrs.kernel[0] * pool.attrs.kernel[1];
  const saved = ((to * from) / conv.attrs.groups) * ((positions ?? 0) - (left ?? 0));
  return saved > LEAST_GAIN * Math.max(0, from - to) * taps * (left ?? 0);
}

/** A tap of a pool takes as long as so many multiply-adds. */
const LEAST_GAIN = 4;

function exchange(pool: Node<Pool2dAttrs>, conv: Node<Conv2dAttrs>, { graph, builder, map }: RewriteContext) {
  const { name } = valueAt(graph, outputOf(conv));
  const mean = builder.apply(pool2d, [map(inputOf(conv))], pool.attrs, { name: pool.name, outputs: [name] });
  const [, ...others] = conv.inputs;
  const outputs = pool.outputs.map((id) => valueAt(graph, id).name);
  return builder.add(conv2d, [mean, ...others.map(map)], conv.attrs, { name: conv.name, outputs });
}
