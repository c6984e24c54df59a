import { defaultCacheDir, packageRoot } from '@ait-rvv/remote';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@ait-rvv/ir';
import { onnx } from '../../../packages/ir/src/onnx/generated/schema.js';
import { readTensor } from '../../../packages/ir/src/onnx/tensor-data.js';

/** A single-node test of the ONNX project: a model, what goes in, and what has to come out. */
export interface NodeCase {
  readonly name: string;
  readonly model: Uint8Array;
  /** Operators of the model, domains other than the default one in front. */
  readonly operators: readonly string[];
  /** By name; undefined where the file holds no tensor of numbers. */
  readonly inputs: ReadonlyMap<string, Tensor | undefined>;
  readonly outputs: ReadonlyMap<string, Tensor | undefined>;
}

/** The node tests of Debian 13's libonnx-testdata, fetched once and kept in the cache; sorted by name. */
export async function nodeCases(): Promise<readonly NodeCase[]> {
  const root = await packageRoot({
    release: 'trixie',
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    packages: ['libonnx-testdata'],
    cacheDir: defaultCacheDir(process.env),
    env: process.env,
    log: (text) => void process.stderr.write(`${text}\n`),
  });
  const folder = join(root, 'usr/share/libonnx-testdata/data/node');
  return readdirSync(folder)
    .sort()
    .map((name) => readCase(join(folder, name), name.replace(/^test_/, '')));
}

function readCase(folder: string, name: string): NodeCase {
  const model = readFileSync(join(folder, 'model.onnx'));
  const { graph } = onnx.ModelProto.decode(model);
  const data = (role: string, infos: readonly { readonly name?: string }[]) =>
    new Map(
      infos.map((info, index) => [info.name ?? '', readData(join(folder, `test_data_set_0/${role}_${index}.pb`))]),
    );
  return {
    name,
    model,
    operators: [
      ...new Set(
        (graph?.node ?? []).map(({ domain = '', op_type: type = '' }) => (domain === '' ? type : `${domain}.${type}`)),
      ),
    ].sort(),
    inputs: data('input', graph?.input ?? []),
    outputs: data('output', graph?.output ?? []),
  };
}

/** Sequences, optional values, strings and other types are none of ours. */
function readData(path: string): Tensor | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readTensor(onnx.TensorProto.decode(readFileSync(path)), undefined);
  } catch {
    return undefined;
  }
}
