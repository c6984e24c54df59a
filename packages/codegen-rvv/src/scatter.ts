import type { TensorType, ValueId } from '@ait-rvv/ir';
import type { CField } from '@ait-rvv/codegen-core';
import { places } from './fields.js';

/**
 * Where the results of a product kernel go: to `runs` of positions as they are computed; or, where they do not lie as they are
 * computed (templates/shared/scatter.njk), to a `pitch`, to the `phases` of one, or to `positions` from a pitch.
 */
export type ResultWay = 'runs' | 'pitch' | 'phases' | 'positions';

/** The way to a result that is computed position by position. */
export function wayFromRuns({ layout }: TensorType): ResultWay {
  if (layout.pitch === undefined) return 'runs';
  return layout.pitch.phases === 1 ? 'pitch' : 'phases';
}

/** The part of a variant that says so. */
export function wayName(way: ResultWay | 'grid'): string {
  return way === 'runs' || way === 'grid' ? '' : `to_${way}_`;
}

/** The fields of a result: where it lies in memory, from element `first` on. */
export function resultFields(y: TensorType, value: ValueId | undefined, first = 0): readonly CField[] {
  return [{ name: 'y', arg: { kind: 'value', value: value ?? -1, elements: first } }, ...places('y', y, value)];
}
