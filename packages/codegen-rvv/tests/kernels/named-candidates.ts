import {
  considerKernels,
  isMismatch,
  selectKernels,
  type Backend,
  type Candidate,
  type Selection,
} from '@ait-rvv/codegen-core';
import { conv2d, isOp, type Graph, type Node } from '@ait-rvv/ir';

/**
 * Nodes whose names end in `kernel#i` get the i-th candidate of that kernel, counted around, instead of the cheapest; those in
 * `kernel#i.j` the j-th of those near it.
 */
export function selectNamed(backend: Backend): (graph: Graph) => Selection {
  return (graph) => {
    const selection = new Map<Node, Candidate>(selectKernels(graph, backend));
    for (const node of graph.nodes) {
      const [, wanted, index, near] = /([a-z_]+)#([0-9]+)(?:\.([0-9]+))?$/.exec(node.name) ?? [];
      if (wanted === undefined) continue;
      const { candidates = [] } = considerKernels(graph, node, backend).find(({ kernel }) => kernel === wanted) ?? {};
      const own = candidates[Number(index) % candidates.length];
      const candidate = near === undefined ? own : variation(graph, node, backend, own, Number(near));
      if (candidate === undefined) throw new Error(`${node.name} has no candidate`);
      selection.set(node, candidate);
    }
    return selection;
  };
}

function variation(
  graph: Graph,
  node: Node,
  { kernels, target }: Backend,
  candidate: Candidate | undefined,
  index: number,
): Candidate | undefined {
  const kernel = kernels.find(({ id }) => id === candidate?.kernel);
  return candidate && kernel?.vary(node, { graph, target }, candidate)[index];
}

/**
 * Convolutions whose names end in #i take the i-th of their candidates and of those near them, seven further on each time and
 * from the first on again once they end.
 */
export function selectNumbered(backend: Backend): (graph: Graph) => Selection {
  return (graph) => {
    const selection = new Map(selectKernels(graph, backend));
    for (const node of graph.nodes.filter((one) => isOp(one, conv2d))) {
      const number = /#([0-9]+)$/.exec(node.name)?.[1];
      if (number === undefined) continue;
      const context = { graph, target: backend.target };
      const offered = backend.kernels.flatMap((kernel) => {
        const answer = kernel.consider(node, context);
        return isMismatch(answer) ? [] : answer.flatMap((one) => [one, ...kernel.vary(node, context, one)]);
      });
      const chosen = offered[(Number(number) * 7) % offered.length];
      if (chosen !== undefined) selection.set(node, chosen);
    }
    return selection;
  };
}
