import { conv2d, inputOf, isOp, valueAt, type EpilogueStep, type Graph, type Node, type ValueId } from '@ait-rvv/ir';
import { boundsOf, UNBOUNDED, type Bounds } from './bounds.js';

/** What XNNPACK can do to a result before it stores it: add a constant bias, then clip. */
export interface FusedEpilogue {
  readonly bias: ValueId | undefined;
  readonly bounds: Bounds;
}

/** The epilogue in XNNPACK's terms; undefined when it holds more than that. */
export function fusedEpilogue(node: Node): FusedEpilogue | undefined {
  const { epilogue } = node.attrs as { readonly epilogue: readonly EpilogueStep[] };
  const [first] = epilogue;
  const bias = first?.kind === 'bias' ? inputOf(node, first.operand) : undefined;
  const rest = bias === undefined ? epilogue : epilogue.slice(1);
  if (rest.length > 1) return undefined;
  const bounds = rest.length === 0 ? UNBOUNDED : boundsOf(rest[0]);
  return bounds === undefined ? undefined : { bias, bounds };
}

/** Whether the step at `index` may stay in the epilogue: everything from the first that may not becomes a node. */
export function canFuse(graph: Graph, node: Node, step: EpilogueStep, index: number): boolean {
  const { epilogue } = node.attrs as { readonly epilogue: readonly EpilogueStep[] };
  if (step.kind === 'bias') {
    // A bias that is computed would have to be an addition along the channels, which only a picture's axis 1 can say.
    return (
      index === 0 && (isOp(node, conv2d) ? valueAt(graph, inputOf(node, step.operand)).constant !== undefined : true)
    );
  }
  const afterBias = index === 1 && epilogue[0]?.kind === 'bias';
  return boundsOf(step) !== undefined && (index === 0 || afterBias);
}
