import { inputOf, isOp, outputOf, typeAt, valueAt, type Graph, type Node } from '../core/graph.js';
import type { RewriteContext } from '../core/rewrite.js';
import { sameShape } from '../core/shape.js';
import { conv2d, type Conv2dAttrs } from '../ops/conv2d.js';
import { elementwise, type ElementwiseAttrs } from '../ops/elementwise.js';
import type { Pass } from './pass.js';
import { carriedSteps, swallowing } from './swallow.js';

/** Whether a backend can apply the steps of `chain` to the input of `conv` while it reads it. */
export type CanPrepare = (graph: Graph, conv: Node<Conv2dAttrs>, chain: Node<ElementwiseAttrs>) => boolean;

/**
 * Lets convolutions swallow the elementwise nodes in front of them that nothing else reads: the normalisation and activation
 * of networks that activate before they convolve (He et al. 2016, arXiv 1603.05027; DenseNet). What comes out of them is
 * never stored.
 */
export function fusePrologue(canPrepare: CanPrepare): Pass {
  return swallowing('fuse-prologue', (graph, conv, chain) => {
    if (!isOp(chain, elementwise) || !isOp(conv, conv2d) || !takesPrologue(graph, conv, chain)) return undefined;
    return canPrepare(graph, conv, chain) ? (context) => emitPrepared(conv, chain, context) : undefined;
  });
}

/** The input must be of the result's shape: broadcasting it is not a convolution's business. */
function takesPrologue(graph: Graph, conv: Node<Conv2dAttrs>, chain: Node<ElementwiseAttrs>): boolean {
  const [from, to] = [typeAt(graph, inputOf(chain)), typeAt(graph, outputOf(chain))];
  return conv.attrs.prologue === undefined && sameShape(from.shape, to.shape);
}

function emitPrepared(conv: Node<Conv2dAttrs>, chain: Node<ElementwiseAttrs>, { graph, builder, map }: RewriteContext) {
  const inputs = [inputOf(chain), ...conv.inputs.slice(1)];
  const prologue = carriedSteps(chain, inputs);
  const outputs = conv.outputs.map((id) => valueAt(graph, id).name);
  return builder.add(conv2d, inputs.map(map), { ...conv.attrs, prologue }, { name: conv.name, outputs });
}
