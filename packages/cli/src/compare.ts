import { sameShape, type Tensor } from '@ait-rvv/ir';

export interface Tolerance {
  /** As a part of the reference's largest finite magnitude. */
  readonly relative: number;
  readonly absolute: number;
}

export interface Comparison {
  readonly name: string;
  readonly passed: boolean;
  /** Largest absolute difference. */
  readonly error: number;
  /** Largest finite magnitude of the reference. */
  readonly largest: number;
  /** For people. */
  readonly text: string;
}

/** Compares element by element; NaN only equals NaN, an infinity only itself. */
export function compareTensors(
  name: string,
  actual: Tensor | undefined,
  expected: Tensor | undefined,
  tolerance: Tolerance,
): Comparison {
  const bad = (text: string): Comparison => ({ name, passed: false, error: Infinity, largest: 0, text });
  if (actual === undefined || expected === undefined)
    return bad(`${actual === undefined ? 'the program' : 'the reference'} has no such tensor`);
  if (!sameShape(actual.shape, expected.shape)) {
    return bad(`shape [${actual.shape.join(',')}] instead of [${expected.shape.join(',')}]`);
  }
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const want = Number(expected.data[i]);
    const have = Number(actual.data[i]);
    if (Number.isFinite(want)) largest = Math.max(largest, Math.abs(want));
    if (Object.is(want, have) || want === have) continue;
    const difference = Math.abs(want - have);
    error = Math.max(error, Number.isNaN(difference) ? Infinity : difference);
  }
  const limit = tolerance.absolute + tolerance.relative * largest;
  const text = `largest difference ${error.toExponential(2)}, allowed ${limit.toExponential(2)}`;
  return { name, passed: error <= limit, error, largest, text };
}
