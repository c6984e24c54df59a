import {
  inputOf,
  isOp,
  outputOf,
  producers,
  typeAt,
  useCounts,
  valueAt,
  type Graph,
  type Node,
} from '../core/graph.js';
import { rewrite, type RewriteContext } from '../core/rewrite.js';
import { elementCount } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { conv2d, type Conv2dAttrs } from '../ops/conv2d.js';
import { batchNorm, type BatchNormAttrs } from '../ops/normalization.js';
import type { Pass } from './pass.js';

/**
 * Folds a batch normalisation into the convolution before it:
 * w' = w·γ/√(σ²+ε) per output channel, b' = (b − μ)·γ/√(σ²+ε) + β.
 */
export const foldBatchNorm: Pass = {
  name: 'fold-batch-norm',
  run(graph) {
    const producer = producers(graph);
    const uses = useCounts(graph);
    const convOf = (node: Node): Node<Conv2dAttrs> | undefined => {
      if (!isOp(node, batchNorm)) return undefined;
      const before = producer[inputOf(node)];
      const foldable = before && isOp(before, conv2d) && uses[inputOf(node)] === 1 && hasPlainBias(before);
      return foldable && tensorsOf(graph, before.inputs.slice(1)) ? before : undefined;
    };
    const absorbed = new Set(graph.nodes.flatMap((node) => (parametersOf(graph, node) && convOf(node)) || []));
    return rewrite(graph, (node, context) => {
      if (absorbed.has(node as Node<Conv2dAttrs>)) return [];
      const conv = convOf(node);
      const parameters = parametersOf(graph, node);
      return conv && parameters ? [fold(graph, conv, node as Node<BatchNormAttrs>, parameters, context)] : undefined;
    });
  },
};

/** Scale and shift of a batch normalisation with constant parameters: y = scale·x + shift. */
export interface ChannelAffine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** The affine form of a batchNorm node; undefined for another op or computed parameters. */
export function parametersOf(graph: Graph, node: Node): ChannelAffine | undefined {
  if (!isOp(node, batchNorm)) return undefined;
  const tensors = tensorsOf(graph, node.inputs.slice(1));
  const [gamma, beta, mean, variance] = tensors ?? [];
  if (!gamma || !beta || !mean || !variance) return undefined;
  const scale = new Float64Array(gamma.data.length);
  const shift = new Float64Array(gamma.data.length);
  for (let c = 0; c < scale.length; c++) {
    const factor = Number(gamma.data[c]) / Math.sqrt(Number(variance.data[c]) + node.attrs.epsilon);
    scale[c] = factor;
    shift[c] = Number(beta.data[c]) - Number(mean.data[c]) * factor;
  }
  return { scale, shift };
}

/** No epilogue, or just a bias. */
function hasPlainBias(conv: Node<Conv2dAttrs>): boolean {
  const [first, ...more] = conv.attrs.epilogue;
  return more.length === 0 && (first === undefined || first.kind === 'bias');
}

function tensorsOf(graph: Graph, ids: readonly number[]): readonly Tensor[] | undefined {
  const tensors = ids.flatMap((id) => {
    const constant = valueAt(graph, id).constant;
    return constant?.kind === 'dense' ? [constant.tensor] : [];
  });
  return tensors.length === ids.length ? tensors : undefined;
}

function fold(
  graph: Graph,
  conv: Node<Conv2dAttrs>,
  norm: Node<BatchNormAttrs>,
  affine: ChannelAffine,
  { builder, map }: RewriteContext,
): number {
  const [weight, bias] = tensorsOf(graph, conv.inputs.slice(1)) ?? [];
  if (weight === undefined) throw new Error('the weight of a folded convolution must be constant');
  const channels = affine.scale.length;
  const perChannel = elementCount(weight.shape) / channels;
  const folded = new Float32Array(weight.data.length);
  const source = weight.data as Float32Array;
  for (let c = 0; c < channels; c++) {
    const scale = affine.scale[c] as number;
    for (let i = c * perChannel; i < (c + 1) * perChannel; i++) folded[i] = (source[i] as number) * scale;
  }
  const shift = Float32Array.from(
    affine.shift,
    (value, c) => value + Number(bias?.data[c] ?? 0) * (affine.scale[c] ?? 0),
  );
  const w = builder.constant(valueAt(graph, inputOf(conv, 1)).name, { ...weight, data: folded });
  const b = builder.constant(`${conv.name}.bias`, { dtype: 'f32', shape: [channels], data: shift });
  const attrs: Conv2dAttrs = { ...conv.attrs, epilogue: [{ kind: 'bias', operand: 2 }] };
  return builder.apply(conv2d, [map(inputOf(conv)), w, b], attrs, {
    name: conv.name,
    outputs: [valueAt(graph, outputOf(norm)).name],
    types: [typeAt(graph, outputOf(norm))],
  });
}
