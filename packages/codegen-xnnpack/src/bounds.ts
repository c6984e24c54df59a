import type { EpilogueStep } from '@ait-rvv/ir';

/** Bounds XNNPACK clips a result to before it stores it. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export const UNBOUNDED: Bounds = { min: -Infinity, max: Infinity };

/** The bounds a step sets, when it does nothing else; XNNPACK insists on an interval that is not a point. */
export function boundsOf(step: EpilogueStep | undefined): Bounds | undefined {
  if (step?.kind === 'relu') return { min: 0, max: Infinity };
  return step?.kind === 'clamp' && step.min < step.max ? { min: step.min, max: step.max } : undefined;
}

/** The arguments output_min and output_max. */
export function boundsArguments({ min, max }: Bounds): readonly [{ float: number }, { float: number }] {
  return [{ float: min }, { float: max }];
}
