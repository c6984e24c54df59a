import { readInputFile, UsageError } from '@ait-rvv/command';
import { elementCount, fromNumbers, sameShape, type Tensor } from '@ait-rvv/ir';
import { RandomSource, readNpz, seedFor, writeNpz } from '@ait-rvv/ir/weights';
import { inflateRawSync } from 'node:zlib';
import type { Manifest } from './program-folder.js';

type TensorSpec = Manifest['inputs'][number];

/** Reads a .npz file, compressed or not. */
export function readTensors(path: string): ReadonlyMap<string, Tensor> {
  return readNpz(readInputFile(path, '.npz'), (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size }));
}

/** The tensors of a file, checked to be just what the program takes. */
export function readInputs(path: string, specs: readonly TensorSpec[]): ReadonlyMap<string, Tensor> {
  const tensors = readTensors(path);
  const expected = `the model takes ${specs.map(describe).join(', ')}`;
  for (const spec of specs) {
    const tensor = tensors.get(spec.name);
    if (tensor === undefined) throw new UsageError(`${path} has no tensor ${JSON.stringify(spec.name)}`, [expected]);
    if (tensor.dtype !== spec.dtype || !sameShape(tensor.shape, spec.shape)) {
      throw new UsageError(
        `${path}: ${describe({ ...tensor, shape: [...tensor.shape], name: spec.name })} does not fit`,
        [expected],
      );
    }
  }
  const names = new Set(specs.map((spec) => spec.name));
  const stranger = [...tensors.keys()].find((name) => !names.has(name));
  if (stranger !== undefined)
    throw new UsageError(`${path}: ${JSON.stringify(stranger)} is no input of the model`, [expected]);
  return tensors;
}

/** Seeded inputs: uniform in [-1, 1), or ones. */
export function makeInputs(
  specs: readonly TensorSpec[],
  fill: 'random' | 'ones',
  seed: number,
): ReadonlyMap<string, Tensor> {
  return new Map(
    specs.map((spec) => {
      const count = elementCount(spec.shape);
      const float = spec.dtype.startsWith('f');
      const values =
        fill === 'ones'
          ? new Float32Array(count).fill(1)
          : new RandomSource(seedFor(seed, spec.name)).fill(count, float ? -1 : 0, float ? 1 : 4);
      return [spec.name, fromNumbers(spec.dtype, spec.shape, values)];
    }),
  );
}

export function tensorsFile(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  return writeNpz(tensors);
}

function describe(spec: TensorSpec): string {
  return `${JSON.stringify(spec.name)} ${spec.dtype}[${spec.shape.join(',')}]`;
}
