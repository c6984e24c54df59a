import { elementCount, fromNumbers, typeAt, valueAt, type DType, type Graph, type Tensor } from '@ait-rvv/ir';
import { RandomSource, seedFor } from '@ait-rvv/ir/weights';

/** Seeded elements, uniform in [low, high). */
export function randomTensor(shape: readonly number[], seed: number, low = -1, high = 1, dtype: DType = 'f32'): Tensor {
  const values = new RandomSource(seed).fill(elementCount(shape), low, high);
  // Half of the truth values are false.
  return fromNumbers(dtype, shape, dtype === 'bool' ? values.map((value) => Number(value > 0)) : values);
}

/** What random inputs lie in; integers are cut off. Few different whole numbers, so that some are equal. */
const RANGES: Partial<Record<DType, readonly [low: number, high: number]>> = {
  f32: [-1, 1],
  f64: [-1, 1],
  u8: [0, 19],
  u16: [0, 19],
};

/** Seeded values for every input of a graph. */
export function randomInputs(graph: Graph, seed = 0): ReadonlyMap<string, Tensor> {
  return new Map(
    graph.inputs.map((id) => {
      const { name } = valueAt(graph, id);
      const { shape, dtype } = typeAt(graph, id);
      const [low, high] = RANGES[dtype] ?? [-9, 10];
      return [name, randomTensor(shape, seedFor(seed, name), low, high, dtype)];
    }),
  );
}

/** Largest absolute difference as a part of the largest magnitude of `expected`; NaN and infinities must agree. */
export function relativeError(actual: Tensor | undefined, expected: Tensor | undefined): number {
  if (actual === undefined || expected === undefined) throw new Error('a tensor to compare is missing');
  if (actual.shape.join() !== expected.shape.join())
    throw new Error(`[${actual.shape.join()}] is not [${expected.shape.join()}]`);
  if (actual.dtype !== expected.dtype) throw new Error(`${actual.dtype} is not ${expected.dtype}`);
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [have, want] = [actual.data[i] ?? NaN, expected.data[i] ?? NaN];
    const magnitude = Math.abs(Number(want));
    if (Number.isFinite(magnitude)) largest = Math.max(largest, magnitude);
    if (have === want || Object.is(have, want)) continue;
    const difference = distance(have, want);
    if (!Number.isFinite(difference)) return Infinity;
    error = Math.max(error, difference);
  }
  return error === 0 ? 0 : error / largest;
}

/** Exact for whole numbers of 64 bits, however large. */
function distance(a: number | bigint, b: number | bigint): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return Number(a > b ? a - b : b - a);
  return Math.abs(Number(a) - Number(b));
}
