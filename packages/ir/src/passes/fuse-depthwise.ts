import { inputOf, isOp, valueAt, type Graph, type Node } from '../core/graph.js';
import type { RewriteContext } from '../core/rewrite.js';
import { conv2d, type Conv2dAttrs } from '../ops/conv2d.js';
import type { Pass } from './pass.js';
import { carriedSteps, swallowing } from './swallow.js';

/** Whether a backend can compute `depthwise` while it reads the input of `conv`, and whether that pays. */
export type CanStage = (graph: Graph, conv: Node<Conv2dAttrs>, depthwise: Node<Conv2dAttrs>) => boolean;

/**
 * Lets 1x1 convolutions swallow the depthwise ones whose result they alone read: the depthwise separable convolution
 * (Howard et al. 2017, arXiv 1704.04861). What lies between the two is never stored.
 */
export function fuseDepthwise(canStage: CanStage): Pass {
  return swallowing('fuse-depthwise', (graph, conv, stage) => {
    if (!isOp(stage, conv2d) || !isOp(conv, conv2d) || !isPlain(stage) || !isPlain(conv)) return undefined;
    return canStage(graph, conv, stage) ? (context) => emitStaged(conv, stage, context) : undefined;
  });
}

/** Its input is its own input: nothing stands before it yet. */
function isPlain({ attrs }: Node<Conv2dAttrs>): boolean {
  return attrs.prologue === undefined && attrs.depthwise === undefined;
}

function emitStaged(conv: Node<Conv2dAttrs>, stage: Node<Conv2dAttrs>, { graph, builder, map }: RewriteContext) {
  const inputs = [inputOf(stage), ...conv.inputs.slice(1), inputOf(stage, 1)];
  const { strides, dilations, pads } = stage.attrs;
  const depthwise = { strides, dilations, pads, weight: inputs.length - 1 };
  const prologue = carriedSteps(stage, inputs);
  const outputs = conv.outputs.map((id) => valueAt(graph, id).name);
  return builder.add(conv2d, inputs.map(map), { ...conv.attrs, depthwise, prologue }, { name: conv.name, outputs });
}
