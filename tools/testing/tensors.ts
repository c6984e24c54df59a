import { elementCount, fromNumbers, typeAt, valueAt, type DType, type Graph, type Tensor } from '@ait-rvv/ir';
import { RandomSource, seedFor } from '@ait-rvv/ir/weights';

/** Seeded elements, uniform in [low, high). */
export function randomTensor(shape: readonly number[], seed: number, low = -1, high = 1, dtype: DType = 'f32'): Tensor {
  return fromNumbers(dtype, shape, new RandomSource(seed).fill(elementCount(shape), low, high));
}

/** Seeded values for every input of a graph. */
export function randomInputs(graph: Graph, seed = 0): ReadonlyMap<string, Tensor> {
  return new Map(
    graph.inputs.map((id) => {
      const { name } = valueAt(graph, id);
      const { shape, dtype } = typeAt(graph, id);
      return [name, randomTensor(shape, seedFor(seed, name), -1, 1, dtype)];
    }),
  );
}

/** Largest absolute difference as a part of the largest magnitude of `expected`; NaN and infinities must agree. */
export function relativeError(actual: Tensor | undefined, expected: Tensor | undefined): number {
  if (actual === undefined || expected === undefined) throw new Error('a tensor to compare is missing');
  if (actual.shape.join() !== expected.shape.join())
    throw new Error(`[${actual.shape.join()}] is not [${expected.shape.join()}]`);
  let error = 0;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [have, want] = [Number(actual.data[i]), Number(expected.data[i])];
    if (Object.is(have, want) || have === want) {
      if (Number.isFinite(want)) largest = Math.max(largest, Math.abs(want));
      continue;
    }
    const difference = Math.abs(have - want);
    if (!Number.isFinite(difference)) return Infinity;
    error = Math.max(error, difference);
    largest = Math.max(largest, Math.abs(want));
  }
  return error === 0 ? 0 : error / largest;
}
