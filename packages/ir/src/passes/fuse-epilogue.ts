import {
  inputOf,
  isOp,
  outputOf,
  soleReaders,
  typeAt,
  valueAt,
  type Graph,
  type Node,
  type ValueId,
} from '../core/graph.js';
import { rewrite, type RewriteContext } from '../core/rewrite.js';
import { sameShape } from '../core/shape.js';
import { elementwise } from '../ops/elementwise.js';
import { exchangedStep, stepOperand, withOperand } from '../ops/epilogue.js';
import type { EpilogueStep } from '../ops/steps.js';
import type { Pass } from './pass.js';

/** Steps of one epilogue: each is an argument and some lines of a kernel, and networks have a few in a row. */
const MOST_STEPS = 32;

/**
 * Lets every node with an epilogue swallow the elementwise nodes that alone read its result: bias, residual add and
 * activation in graph order. Elementwise nodes have an epilogue too, so chains of them become one node.
 */
export const fuseEpilogue: Pass = {
  name: 'fuse-epilogue',
  run(graph) {
    const { chains, swallowed } = findChains(graph);
    return rewrite(graph, (node, context) => {
      const chain = chains.get(node);
      if (chain !== undefined) return [emitFused(graph, chain, context)];
      return swallowed.has(node) ? [] : undefined;
    });
  },
};

/** The node that computes, and the elementwise nodes it takes over, in order. */
interface Chain {
  readonly head: Node;
  readonly links: readonly Link[];
}

/** An elementwise node seen from the value that flows through: its steps, and what each of them reads. */
interface Link {
  readonly node: Node;
  readonly steps: readonly { readonly step: EpilogueStep; readonly operand?: ValueId }[];
}

interface Chains {
  /** By the last node: where all operands are available. */
  readonly chains: ReadonlyMap<Node, Chain>;
  readonly swallowed: ReadonlySet<Node>;
}

function findChains(graph: Graph): Chains {
  const readers = soleReaders(graph);
  const chains = new Map<Node, Chain>();
  const swallowed = new Set<Node>();
  const taken = new Set<Node>();
  for (const head of graph.nodes) {
    if (head.op.traits.epilogue !== true || taken.has(head)) continue;
    const links: Link[] = [];
    let last: Node = head;
    let steps = epilogueOf(head).length;
    for (;;) {
      const flow = outputOf(last);
      const next = readers[flow];
      const link = next === undefined || taken.has(next) ? undefined : asLink(graph, next, flow);
      if (link === undefined || steps + link.steps.length > MOST_STEPS) break;
      steps += link.steps.length;
      links.push(link);
      taken.add(link.node);
      swallowed.add(last);
      last = link.node;
    }
    if (links.length > 0) chains.set(last, { head, links });
  }
  return { chains, swallowed };
}

/** `node` as a continuation of `flow`; undefined when it is none, or computes more than flow's shape. */
function asLink(graph: Graph, node: Node, flow: ValueId): Link | undefined {
  if (!isOp(node, elementwise)) return undefined;
  const result = typeAt(graph, outputOf(node));
  const type = typeAt(graph, flow);
  if (!sameShape(result.shape, type.shape) || result.dtype !== type.dtype) return undefined;
  const steps = node.attrs.epilogue.map((step) => {
    const operand = stepOperand(step);
    return operand === undefined ? { step } : { step, operand: inputOf(node, operand) };
  });
  if (inputOf(node) === flow) return { node, steps };
  const [first, ...rest] = steps;
  const exchanged = first === undefined ? undefined : exchangedStep(first.step.kind);
  if (first?.operand !== flow || exchanged === undefined) return undefined;
  return { node, steps: [{ step: { kind: exchanged, operand: 0 }, operand: inputOf(node) }, ...rest] };
}

function emitFused(graph: Graph, { head, links }: Chain, { builder, map }: RewriteContext): ValueId {
  const inputs = head.inputs.map(map);
  const epilogue = [...epilogueOf(head)];
  for (const { step, operand } of links.flatMap((link) => link.steps)) {
    if (operand === undefined) {
      epilogue.push(step);
      continue;
    }
    epilogue.push(withOperand(step, inputs.length));
    inputs.push(map(operand));
  }
  const last = links[links.length - 1]?.node ?? head;
  return builder.apply(
    head.op,
    inputs,
    { ...(head.attrs as object), epilogue },
    {
      name: head.name,
      outputs: [valueAt(graph, outputOf(last)).name],
    },
  );
}

function epilogueOf(node: Node): readonly EpilogueStep[] {
  return (node.attrs as { readonly epilogue: readonly EpilogueStep[] }).epilogue;
}
