import { inputOf, isOp, outputOf, soleReaders, valueAt, type Graph, type Node } from '../core/graph.js';
import { rewrite, type RewriteContext } from '../core/rewrite.js';
import { conv2d, type Conv2dAttrs } from '../ops/conv2d.js';
import { stepOperand, withOperand } from '../ops/epilogue.js';
import type { Pass } from './pass.js';

/** Whether a backend can compute `depthwise` while it reads the input of `conv`, and whether that pays. */
export type CanStage = (graph: Graph, conv: Node<Conv2dAttrs>, depthwise: Node<Conv2dAttrs>) => boolean;

/**
 * Lets 1x1 convolutions swallow the depthwise ones whose result they alone read: the depthwise separable convolution
 * (Howard et al. 2017, arXiv 1704.04861). What lies between the two is never stored.
 */
export function fuseDepthwise(canStage: CanStage): Pass {
  return {
    name: 'fuse-depthwise',
    run(graph) {
      const stages = findStages(graph, canStage);
      const swallowed = new Set<Node>(stages.values());
      return rewrite(graph, (node, context) => {
        const stage = stages.get(node);
        if (stage !== undefined && isOp(node, conv2d)) return emitStaged(node, stage, context);
        return swallowed.has(node) ? [] : undefined;
      });
    },
  };
}

function findStages(graph: Graph, canStage: CanStage): ReadonlyMap<Node, Node<Conv2dAttrs>> {
  const readers = soleReaders(graph);
  const found = new Map<Node, Node<Conv2dAttrs>>();
  for (const stage of graph.nodes) {
    if (!isOp(stage, conv2d) || !isPlain(stage)) continue;
    const conv = readers[outputOf(stage)];
    if (conv === undefined || !isOp(conv, conv2d) || !isPlain(conv) || inputOf(conv) !== outputOf(stage)) continue;
    if (canStage(graph, conv, stage)) found.set(conv, stage);
  }
  return found;
}

/** Its input is its own input: nothing stands before it yet. */
function isPlain({ attrs }: Node<Conv2dAttrs>): boolean {
  return attrs.prologue === undefined && attrs.depthwise === undefined;
}

function emitStaged(conv: Node<Conv2dAttrs>, stage: Node<Conv2dAttrs>, { graph, builder, map }: RewriteContext) {
  const inputs = [inputOf(stage), ...conv.inputs.slice(1), inputOf(stage, 1)];
  const { strides, dilations, pads } = stage.attrs;
  const depthwise = { strides, dilations, pads, weight: inputs.length - 1 };
  const prologue = stage.attrs.epilogue.map((step) => {
    const operand = stepOperand(step);
    if (operand === undefined) return step;
    inputs.push(inputOf(stage, operand));
    return withOperand(step, inputs.length - 1);
  });
  return builder.add(
    conv2d,
    inputs.map(map),
    { ...conv.attrs, depthwise, prologue },
    { name: conv.name, outputs: conv.outputs.map((id) => valueAt(graph, id).name) },
  );
}
