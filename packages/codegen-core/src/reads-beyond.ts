import { ALIGNMENT } from './memory-plan.js';
import type { Step } from './step.js';

/** Bytes that must be readable behind every tensor and all packed weights: a multiple of the alignment, often 0. */
export function readsBeyond(steps: readonly Step[]): number {
  const most = steps.reduce((bytes, { instance }) => Math.max(bytes, instance.readsBeyond ?? 0), 0);
  return Math.ceil(most / ALIGNMENT) * ALIGNMENT;
}
