import type { Tensor } from '@ait-rvv/ir';
import { relativeError } from '../tensors.js';

/** Cases that differ by more than the tolerance, with their error. */
export function failures(
  names: readonly string[],
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  tolerance: number,
): readonly string[] {
  return names.flatMap((name) => {
    const error = relativeError(actual.get(name), expected.get(name));
    return error <= tolerance ? [] : [`${name}: ${error.toExponential(2)}`];
  });
}
