import { CompileError, nodeText, type Diagnostic, type Graph, type Node } from '@ait-rvv/ir';
import type { Backend } from './backend.js';
import { isMismatch, type Candidate, type Mismatch } from './kernel.js';
import { isView } from './view.js';

/** What became of one kernel for one node. */
export interface Consideration {
  readonly kernel: string;
  readonly refusal?: string;
  readonly candidates: readonly Candidate[];
}

/** The kernel chosen for each node that computes; views have none. */
export type Selection = ReadonlyMap<Node, Candidate>;

/** Every kernel's answer for a node, for `inspect --why` and for tuning. */
export function considerKernels(graph: Graph, node: Node, backend: Backend): readonly Consideration[] {
  return backend.kernels.map((kernel) => {
    const answer: readonly Candidate[] | Mismatch = kernel.consider(node, { graph, target: backend.target });
    return isMismatch(answer)
      ? { kernel: kernel.id, refusal: answer.reason, candidates: [] }
      : { kernel: kernel.id, candidates: answer };
  });
}

/** Knows better than the estimate which candidate is best; undefined where it does not. */
export type Choose = (graph: Graph, node: Node, considered: readonly Consideration[]) => Candidate | undefined;

/**
 * The candidate of every node that `choose` names, or else the cheapest by the cost estimate. All nodes that no kernel
 * takes are reported at once.
 */
export function selectKernels(graph: Graph, backend: Backend, choose?: Choose): Selection {
  const selection = new Map<Node, Candidate>();
  const missing: Diagnostic[] = [];
  for (const node of graph.nodes) {
    if (isView(graph, node)) continue;
    const considered = considerKernels(graph, node, backend);
    const best =
      choose?.(graph, node, considered) ?? considered.flatMap((one) => one.candidates).reduce(cheaper, undefined);
    if (best !== undefined) selection.set(node, best);
    else missing.push({ code: 'AIT3001', where: nodeText(node), message: refusals(considered, node) });
  }
  if (missing.length > 0) throw new CompileError(missing);
  return selection;
}

function cheaper(best: Candidate | undefined, next: Candidate): Candidate {
  return best === undefined || next.cost < best.cost ? next : best;
}

/** The reasons worth reading: those of kernels made for this op, or else that there is none. */
function refusals(considered: readonly Consideration[], node: Node): string {
  const reasons = considered.filter((one) => one.refusal !== undefined && !one.refusal.startsWith('takes '));
  if (reasons.length === 0) return `no kernel computes ${node.op.kind}.`;
  return `no kernel takes it: ${reasons.map((one) => `${one.kernel}: ${one.refusal}`).join('; ')}.`;
}
