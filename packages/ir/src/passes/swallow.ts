import { inputOf, outputOf, soleReaders, type Graph, type Node, type ValueId } from '../core/graph.js';
import { rewrite, type RewriteContext } from '../core/rewrite.js';
import { stepOperand, withOperand } from '../ops/epilogue.js';
import type { EpilogueStep } from '../ops/steps.js';
import type { Pass } from './pass.js';

/** Adds what replaces a pair of nodes. */
export type EmitPair = (context: RewriteContext) => readonly ValueId[];

/**
 * A pass over pairs of nodes: `reader` alone reads the result of `before`, as its first input. Where `match` answers, what it
 * emits takes the place of `reader`, and `before` is left out. A node is in one pair only.
 */
export function swallowing(
  name: string,
  match: (graph: Graph, reader: Node, before: Node) => EmitPair | undefined,
): Pass {
  return {
    name,
    run(graph) {
      const readers = soleReaders(graph);
      const found = new Map<Node, EmitPair>();
      const swallowed = new Set<Node>();
      for (const before of graph.nodes) {
        const reader = readers[outputOf(before)];
        if (reader === undefined || inputOf(reader) !== outputOf(before) || found.has(before)) continue;
        const emit = match(graph, reader, before);
        if (emit === undefined) continue;
        found.set(reader, emit);
        swallowed.add(before);
      }
      return rewrite(graph, (node, context) => found.get(node)?.(context) ?? (swallowed.has(node) ? [] : undefined));
    },
  };
}

/** The steps of a node, for one that has `inputs`: their operands are added to these. */
export function carriedSteps(
  node: Node<{ readonly epilogue: readonly EpilogueStep[] }>,
  inputs: ValueId[],
): readonly EpilogueStep[] {
  return node.attrs.epilogue.map((step) => {
    const operand = stepOperand(step);
    return operand === undefined ? step : withOperand(step, inputs.push(inputOf(node, operand)) - 1);
  });
}
