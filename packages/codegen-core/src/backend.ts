import type { BackEndOptions, Graph } from '@ait-rvv/ir';
import type { Kernel } from './kernel.js';
import type { Platform } from './platform.js';
import type { JoinSteps } from './step.js';
import type { Target } from './target.js';

/** A code generation target: what it wants of the graph, and the kernels it has. */
export interface Backend extends BackEndOptions {
  readonly id: string;
  readonly target: Target;
  /** Most specific first: the first kernel that takes a node sets its candidates. */
  readonly kernels: readonly Kernel[];
  /** Joins steps that the target computes together. */
  readonly join?: JoinSteps;
  readonly platform?: Platform;
  /** The same target with other layouts for a graph it has lowered: which are better there, only measurements can tell. */
  readonly rivals?: (lowered: Graph) => readonly Backend[];
}
