import type { Tensor } from '@ait-rvv/ir';
import { buildFolder, emitGraph, execute, type Variant } from '../programs.js';
import type { CompiledCase } from './compile-case.js';
import { mergedName, mergeGraphs } from './merge-graphs.js';

/** The ONNX project's own tolerances for its node tests: |actual − expected| ≤ ABSOLUTE + RELATIVE·|expected|. */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;

/** Builds the cases as one program; by default of vectors. */
export async function buildCases(cases: readonly CompiledCase[], variant: Variant = {}): Promise<string> {
  const graph = mergeGraphs('nodes', new Map(cases.map((one) => [one.name, one.graph])));
  const folder = emitGraph(graph, variant);
  // What is compared is numbers, and most of the time goes into compiling.
  await buildFolder(folder, { ...variant, cflags: `-O1 ${variant.cflags ?? ''}` });
  return folder;
}

/** Runs the program of the cases on a device; the differences found, by case. */
export async function runCases(
  folder: string,
  device: string,
  cases: readonly CompiledCase[],
  threads = 1,
): Promise<ReadonlyMap<string, string>> {
  const inputs = cases.flatMap((one) => [...one.inputs].map(([name, tensor]) => [mergedName(one.name, name), tensor]));
  const { outputs } = await execute(folder, device, new Map(inputs as [string, Tensor][]), threads);
  const found = cases.flatMap((one) =>
    [...one.expected].flatMap(([name, expected]): [string, string][] => {
      const difference = compareTensors(outputs.get(mergedName(one.name, name)), expected);
      return difference === undefined ? [] : [[one.name, `${name}: ${difference}`]];
    }),
  );
  return new Map(found);
}

/** How a result differs from what the test wants; undefined when it does not. */
export function compareTensors(actual: Tensor | undefined, expected: Tensor | undefined): string | undefined {
  if (expected === undefined) return 'the test holds no tensor of numbers';
  if (actual === undefined) return 'there is no such result';
  const [have, want] = [actual, expected].map(({ dtype, shape }) => `${dtype}[${shape.join(',')}]`);
  if (have !== want) return `is ${have}, not ${want}`;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [actual.data[i], expected.data[i]];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const [x, y] = [Number(a), Number(b)];
    const close = expected.data instanceof Float32Array || expected.data instanceof Float64Array;
    if (close && Math.abs(x - y) <= ABSOLUTE + RELATIVE * Math.abs(y)) continue;
    return `element ${i} is ${x}, not ${y}`;
  }
  return undefined;
}
