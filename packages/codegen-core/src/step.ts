import type { Graph, Node, ValueId } from '@ait-rvv/ir';
import type { KernelInstance } from './kernel.js';

/** A node, and what computes it, for people: the manifest and reports list layers. */
export interface Layer {
  readonly node: Node;
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** What the program does at once: most steps compute one node, some targets several together. */
export interface Step {
  readonly layers: readonly Layer[];
  /** Values that are read from memory, and those that lie in memory afterwards; what is between them has no address. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly instance: KernelInstance;
}

/** Joins steps of single nodes into larger ones, in an order that respects the graph. */
export type JoinSteps = (graph: Graph, steps: readonly Step[]) => readonly Step[];

/** The step of one node. */
export function singleStep(node: Node, instance: KernelInstance): Step {
  const { kernel, parameters } = instance;
  return { layers: [{ node, kernel, parameters }], inputs: node.inputs, outputs: node.outputs, instance };
}
