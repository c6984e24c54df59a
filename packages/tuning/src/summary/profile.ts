import { valueAt, type ColumnNMEncoding, type Graph } from '@ait-rvv/ir';
import type { Candidate } from '@ait-rvv/codegen-core';
import type { Setting } from '../search/known.js';
import { layerId, layersOf, type Layer } from '../layers/layer.js';
import { breakEven } from '../latency/interpolate.js';
import type { Profile, ProfileParameter } from './schema.js';

/** The best choice of a layer, and its cost. */
export interface Best {
  readonly candidate: Candidate;
  readonly cost: number;
}

/** A network as it was tuned, pruned by a ratio in tiles of some height. */
export interface PrunedNetwork {
  readonly lowered: Graph;
  readonly ratio: number;
  readonly tileRows: number;
}

export interface ProfileInput {
  readonly model: Profile['model'];
  readonly setting: Setting;
  readonly dense: Graph;
  readonly pruned: readonly PrunedNetwork[];
  /** By {@link layerId}; layers that are missing were not measured and are left out. */
  readonly best: ReadonlyMap<string, Best>;
}

/** Costs that differ by less do not decide between heights of mask tiles. */
const NEARLY = 0.005;

/** What each parameter costs, dense and at each ratio, and what follows from it. */
export function makeProfile({ model, setting, dense, pruned, best }: ProfileInput): Profile {
  const totals = pruned.map(({ lowered, ratio, tileRows }) => ({ ratio, tileRows, cost: totalCost(lowered, best) }));
  const tileRows = chooseTileRows(totals);
  const { device, compiler, unit } = setting;
  return {
    schemaVersion: 1,
    model: { name: model.name, sha256: model.sha256 },
    ...{ device, compiler, unit, tileRows: tileRows ?? null },
    total: { dense: totalCost(dense, best), pruned: totals },
    parameters: groupByWeight(dense).flatMap((layers) => describe(layers, dense, pruned, best, tileRows) ?? []),
  };
}

/** Of heights that cost nearly the same over all ratios the lowest, since it retains most of the score. */
function chooseTileRows(totals: Profile['total']['pruned']): number | undefined {
  const heights = [...new Set(totals.map(({ tileRows }) => tileRows))].sort((a, b) => a - b);
  const sums = heights.map((rows) => ({
    rows,
    cost: totals.reduce((sum, one) => sum + (one.tileRows === rows ? one.cost : 0), 0),
  }));
  const least = Math.min(...sums.map(({ cost }) => cost));
  return sums.find(({ cost }) => cost <= least * (1 + NEARLY))?.rows;
}

function totalCost(graph: Graph, best: ReadonlyMap<string, Best>): number {
  return layersOf(graph).reduce((sum, layer) => sum + (best.get(layerId(layer))?.cost ?? 0), 0);
}

/** Layers with a constant weight, those that share one together. */
function groupByWeight(graph: Graph): readonly (readonly Layer[])[] {
  const groups = new Map<string, Layer[]>();
  for (const layer of layersOf(graph)) {
    const weight = weightOf(layer);
    if (weight !== undefined) groups.set(weight.name, [...(groups.get(weight.name) ?? []), layer]);
  }
  return [...groups.values()];
}

function weightOf({ graph, node }: Layer) {
  const [, weight] = node.inputs;
  if (weight === undefined || !['conv2d', 'matmul'].includes(node.op.kind)) return undefined;
  const value = valueAt(graph, weight);
  return value.constant === undefined ? undefined : value;
}

function describe(
  layers: readonly Layer[],
  dense: Graph,
  pruned: readonly PrunedNetwork[],
  best: ReadonlyMap<string, Best>,
  tileRows: number | undefined,
): ProfileParameter | undefined {
  const [first] = layers;
  const weight = first && weightOf(first);
  const own = summed(layers, best);
  if (weight === undefined || own === undefined) return undefined;
  const names = new Set(layers.map(({ node }) => node.name));
  const sparse = pruned.flatMap((network) => {
    const same = layersOf(network.lowered).filter(({ node }) => names.has(node.name));
    const encoding = same[0] && columnsOf(same[0]);
    const cost = summed(same, best);
    if (encoding === undefined || cost === undefined) return [];
    return [{ ...cost, ratio: network.ratio, tileRows: network.tileRows, n: encoding.n, m: encoding.m }];
  });
  const points = sparse.filter((one) => one.tileRows === tileRows).map(({ n, m, cost }) => ({ kept: n / m, cost }));
  return {
    parameter: weight.name,
    layers: [...names],
    shape: [...valueAt(dense, first?.node.inputs[1] ?? -1).type.shape],
    dense: own,
    pruned: sparse,
    breakEven: breakEven(points, own.cost) ?? null,
  };
}

function columnsOf(layer: Layer): ColumnNMEncoding | undefined {
  const constant = weightOf(layer)?.constant;
  return constant?.kind === 'columnNM' ? constant : undefined;
}

/** The choice of the first of the layers, and what all of them cost together. */
function summed(layers: readonly Layer[], best: ReadonlyMap<string, Best>): ProfileParameter['dense'] | undefined {
  const all = layers.map((layer) => best.get(layerId(layer)));
  const [first] = all;
  if (first === undefined || all.includes(undefined)) return undefined;
  const { kernel, parameters } = first.candidate;
  const number = (name: string): number | null => (typeof parameters[name] === 'number' ? parameters[name] : null);
  const cost = all.reduce((sum, one) => sum + (one?.cost ?? 0), 0);
  return { algorithm: kernel, t: number('t') ?? number('rows'), l: number('l'), parameters, cost };
}
