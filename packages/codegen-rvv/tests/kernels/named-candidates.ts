import { considerKernels, selectKernels, type Backend, type Candidate, type Selection } from '@ait-rvv/codegen-core';
import type { Graph, Node } from '@ait-rvv/ir';

/** Nodes whose names end in `kernel#i` get the i-th candidate of that kernel, counted around, instead of the cheapest. */
export function selectNamed(backend: Backend): (graph: Graph) => Selection {
  return (graph) => {
    const selection = new Map<Node, Candidate>(selectKernels(graph, backend));
    for (const node of graph.nodes) {
      const [, wanted, index] = /([a-z_]+)#([0-9]+)$/.exec(node.name) ?? [];
      if (wanted === undefined) continue;
      const { candidates = [] } = considerKernels(graph, node, backend).find(({ kernel }) => kernel === wanted) ?? {};
      const candidate = candidates[Number(index) % candidates.length];
      if (candidate === undefined) throw new Error(`${node.name} has no candidate`);
      selection.set(node, candidate);
    }
    return selection;
  };
}
