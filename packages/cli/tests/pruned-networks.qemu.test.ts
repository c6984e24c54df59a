import { decodeWeight, optimize, type Graph, type Pass, type Tensor, type Value } from '@ait-rvv/ir';
import { IGNORABLE_RULES, planPruning, pruneGraph, type Drop } from '@ait-rvv/pruning';
import { buildZooModel, parseZooReference, ZOO } from '@ait-rvv/ir/zoo';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FULL } from '../../../tools/testing/full.js';
import { buildFolder, emitGraph, execute, readTensors, VLENS } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

/** What is kept: a share of all columns, or N of every M. */
const DROPS: Readonly<Record<string, Drop>> = {
  'ratio 0': { ratio: 0 },
  'ratio 0.25': { ratio: 0.25 },
  'ratio 0.5': { ratio: 0.5 },
  'ratio 0.75': { ratio: 0.75 },
  'ratio 0.9': { ratio: 0.9 },
  '2:4': { pattern: { n: 2, m: 4 } },
  '1:4': { pattern: { n: 1, m: 4 } },
};
const TILE_ROWS = [1, 4, 7, 8, 15];

/** One pruned network, and the vector lengths it runs at. */
interface Case {
  readonly network: string;
  readonly drop: string;
  readonly tileRows: number;
  readonly vlens: readonly number[];
}

/** The short run meets every drop, tile height, vector length and kind of network once or more. */
const SHORT: readonly Case[] = [
  { network: 'resnet18', drop: 'ratio 0.5', tileRows: 7, vlens: [128, 1024] },
  { network: 'resnet18', drop: '1:4', tileRows: 15, vlens: [512] },
  { network: 'squeezenet1_1', drop: 'ratio 0.75', tileRows: 8, vlens: [256] },
  { network: 'squeezenet1_1', drop: '2:4', tileRows: 1, vlens: [128] },
  { network: 'mobilenet_v2', drop: 'ratio 0.25', tileRows: 4, vlens: [256] },
  { network: 'squeezenet1_1', drop: 'ratio 0', tileRows: 7, vlens: [512] },
  { network: 'squeezenet1_1', drop: 'ratio 0.9', tileRows: 15, vlens: [1024] },
];

const CASES: readonly Case[] = FULL
  ? Object.keys(ZOO).flatMap((network) =>
      TILE_ROWS.flatMap((tileRows) => Object.keys(DROPS).map((drop) => ({ network, drop, tileRows, vlens: VLENS }))),
    )
  : SHORT;

/** Everything is pruned that can be, so that rules of good sense do not hide a kernel. */
function pruning(graph: Graph, { drop, tileRows }: Case): Pass {
  const plan = planPruning(optimize(graph), {
    ...{ drop: DROPS[drop] ?? { ratio: 0 }, tileRows, minColumns: 0 },
    ignoreRules: IGNORABLE_RULES,
  });
  return { name: 'prune', run: (optimized) => pruneGraph(optimized, plan) };
}

/** The same weights with their zeros stored. */
function decoding(prune: Pass): Pass {
  return {
    name: 'mask',
    run: (graph) => {
      const pruned = prune.run(graph);
      const values = pruned.values.map((value): Value => {
        const { constant, type } = value;
        return constant === undefined
          ? value
          : { ...value, constant: { kind: 'dense', tensor: decodeWeight(constant, type) } };
      });
      return { ...pruned, values };
    },
  };
}

/** Folders of programs by what their kernels depend on: only what differs is built again. */
const folders = new Map<string, string>();
function folderOf(key: string): string {
  const known = folders.get(key) ?? scratchFolder();
  folders.set(key, known);
  return known;
}

describe.each(CASES)('$network, $drop, tiles of $tileRows', (one) => {
  test('equals the dense program on the masked weights, layer by layer, and bit for bit in the same order', async () => {
    const graph = buildZooModel(parseZooReference(`zoo:${one.network}@64`));
    const inputs = randomInputs(graph);
    const prune = pruning(graph, one);
    const sparse = emitGraph(graph, { encode: prune, folder: folderOf(`${one.network} ${one.tileRows}`) });
    await buildFolder(sparse);
    const dense = emitGraph(graph, { encode: decoding(prune), folder: folderOf(one.network) });
    await buildFolder(dense);
    const layers = async (folder: string, vlen: number): Promise<ReadonlyMap<string, Tensor>> => {
      await execute(folder, `qemu:vlen=${vlen},poison=true`, inputs, 1, ['--layers', 'layers.npz']);
      return readTensors(join(folder, 'layers.npz'));
    };
    const reordered = summedInAnotherOrder(sparse);
    for (const vlen of one.vlens) {
      const [actual, expected] = [await layers(sparse, vlen), await layers(dense, vlen)];
      expect([...actual.keys()]).toEqual([...expected.keys()]);
      expect(actual.size).toBeGreaterThan(10);
      const [otherOrder, sameOrder] = [true, false].map((other) =>
        [...expected].filter(([name]) => reordered.has(name) === other),
      );
      expect(sameOrder?.filter(([name, tensor]) => !sameBits(actual.get(name), tensor)).map(([name]) => name)).toEqual(
        [],
      );
      for (const [name, tensor] of otherOrder ?? []) {
        expect(relativeError(actual.get(name), tensor), name).toBeLessThan(1e-5);
      }
    }
  });
});

/** Outputs of layers whose lanes are kept inputs: no dense layer adds up in that order. All their inputs are the same. */
function summedInAnotherOrder(folder: string): ReadonlySet<string> {
  const { layers } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    layers: readonly { kernel: string; outputs: readonly { name: string }[] }[];
  };
  const dots = layers.filter(({ kernel }) => kernel === 'linear_dot_cnm');
  return new Set(dots.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
}

function sameBits(actual: Tensor | undefined, expected: Tensor): boolean {
  if (actual === undefined) return false;
  const bytes = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(actual).equals(bytes(expected));
}
