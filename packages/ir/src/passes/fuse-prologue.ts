import { inputOf, isOp, outputOf, soleReaders, typeAt, valueAt, type Graph, type Node } from '../core/graph.js';
import { rewrite, type RewriteContext } from '../core/rewrite.js';
import { sameShape } from '../core/shape.js';
import { conv2d, type Conv2dAttrs } from '../ops/conv2d.js';
import { elementwise, type ElementwiseAttrs } from '../ops/elementwise.js';
import { stepOperand, withOperand } from '../ops/epilogue.js';
import type { Pass } from './pass.js';

/** Whether a backend can apply the steps of `chain` to the input of `conv` while it reads it. */
export type CanPrepare = (graph: Graph, conv: Node<Conv2dAttrs>, chain: Node<ElementwiseAttrs>) => boolean;

/**
 * Lets convolutions swallow the elementwise nodes in front of them that nothing else reads: the normalisation and activation
 * of networks that activate before they convolve (He et al. 2016, arXiv 1603.05027; DenseNet). What comes out of them is
 * never stored.
 */
export function fusePrologue(canPrepare: CanPrepare): Pass {
  return {
    name: 'fuse-prologue',
    run(graph) {
      const chains = findChains(graph, canPrepare);
      const swallowed = new Set<Node>(chains.values());
      return rewrite(graph, (node, context) => {
        const chain = chains.get(node);
        if (chain !== undefined && isOp(node, conv2d)) return emitPrepared(node, chain, context);
        return swallowed.has(node) ? [] : undefined;
      });
    },
  };
}

function findChains(graph: Graph, canPrepare: CanPrepare): ReadonlyMap<Node, Node<ElementwiseAttrs>> {
  const readers = soleReaders(graph);
  const found = new Map<Node, Node<ElementwiseAttrs>>();
  for (const chain of graph.nodes) {
    if (!isOp(chain, elementwise)) continue;
    const result = outputOf(chain);
    const conv = readers[result];
    if (conv === undefined || !isOp(conv, conv2d) || inputOf(conv) !== result) continue;
    // The input must be of the result's shape: broadcasting it is not a convolution's business.
    if (
      conv.attrs.prologue !== undefined ||
      !sameShape(typeAt(graph, inputOf(chain)).shape, typeAt(graph, result).shape)
    )
      continue;
    if (canPrepare(graph, conv, chain)) found.set(conv, chain);
  }
  return found;
}

function emitPrepared(conv: Node<Conv2dAttrs>, chain: Node<ElementwiseAttrs>, { graph, builder, map }: RewriteContext) {
  const inputs = [inputOf(chain), ...conv.inputs.slice(1)];
  const prologue = chain.attrs.epilogue.map((step) => {
    const operand = stepOperand(step);
    if (operand === undefined) return step;
    inputs.push(inputOf(chain, operand));
    return withOperand(step, inputs.length - 1);
  });
  return builder.add(
    conv2d,
    inputs.map(map),
    { ...conv.attrs, prologue },
    { name: conv.name, outputs: conv.outputs.map((id) => valueAt(graph, id).name) },
  );
}
