import type { Graph, Node } from '@ait-rvv/ir';
import type { SubgraphWriter } from './subgraph.js';

/** How XNNPACK computes a node. */
export interface Translation {
  /** What it is called there: the xnn_define_ functions, without that. */
  readonly functions: readonly string[];
  /** Adds the node to a subgraph. */
  readonly define: (subgraph: SubgraphWriter) => void;
}

/** The translation of a node of one op, or why XNNPACK does not compute it. */
export type Translate<A> = (node: Node<A>, graph: Graph) => Translation | string;
