import type { Graph } from '../core/graph.js';
import { assignLayout, type LayoutPolicy } from './assign-layout.js';
import { cancelTransposes } from './cancel-transposes.js';
import { canonicalize } from './canonicalize.js';
import { eliminateDead } from './eliminate-dead.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { foldConstants } from './fold-constants.js';
import { fuseDepthwise, type CanStage } from './fuse-depthwise.js';
import { fuseEpilogue } from './fuse-epilogue.js';
import { fusePrologue, type CanPrepare } from './fuse-prologue.js';
import { lowerComputed } from './lower-computed.js';
import { runPasses, type Pass, type PassObserver } from './pass.js';
import { unfuseEpilogue, type CanFuse } from './unfuse-epilogue.js';

export { assignLayout, type LayoutPolicy } from './assign-layout.js';
export { cancelTransposes } from './cancel-transposes.js';
export { canonicalize } from './canonicalize.js';
export { eliminateDead } from './eliminate-dead.js';
export { foldBatchNorm } from './fold-batch-norm.js';
export { foldConstants } from './fold-constants.js';
export { fuseDepthwise, type CanStage } from './fuse-depthwise.js';
export { fuseEpilogue } from './fuse-epilogue.js';
export { fusePrologue, type CanPrepare } from './fuse-prologue.js';
export { lowerComputed } from './lower-computed.js';
export { poolFirst } from './pool-first.js';
export { runPasses, type Pass, type PassObserver } from './pass.js';
export { unfuseEpilogue, type CanFuse } from './unfuse-epilogue.js';

/** What every target shares: from the imported graph to few, fused nodes. Layouts are still row-major. */
export const FRONT_END: readonly Pass[] = [
  foldConstants,
  foldBatchNorm,
  lowerComputed,
  canonicalize,
  // What a rewriting has replaced must not count as a use.
  eliminateDead,
  fuseEpilogue,
  eliminateDead,
];

/** What a target asks of the passes before its own work. */
export interface BackEndOptions {
  readonly layouts: LayoutPolicy;
  readonly canFuse: CanFuse;
  /** Where elementwise steps become part of the convolution that reads their result; default: nowhere. */
  readonly canPrepare?: CanPrepare;
  /** Where a depthwise convolution becomes part of the 1x1 convolution that reads its result; default: nowhere. */
  readonly canStage?: CanStage;
  /** Passes of the target's own, before convolutions are fused with what stands before them. */
  readonly rewritings?: readonly Pass[];
}

/** From there to a target: its layouts, and only the epilogues and prologues it can fuse. */
export function backEnd(options: BackEndOptions): readonly Pass[] {
  const { layouts, canFuse, canPrepare, canStage, rewritings = [] } = options;
  const stage = canStage === undefined ? [] : [fuseDepthwise(canStage)];
  const prepare = canPrepare === undefined ? [] : [fusePrologue(canPrepare)];
  const fused = [...rewritings, unfuseEpilogue(canFuse), ...stage, ...prepare, eliminateDead];
  return [...fused, assignLayout(layouts), cancelTransposes, eliminateDead];
}

/** The target-independent optimisations. */
export function optimize(graph: Graph, observe?: PassObserver): Graph {
  return runPasses(graph, FRONT_END, observe);
}
