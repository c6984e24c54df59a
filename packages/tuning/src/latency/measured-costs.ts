import { valueAt, type Graph } from '@ait-rvv/ir';
import type { CostModel } from '@ait-rvv/pruning';
import { CacheError } from '../cache/cache.js';
import type { Measurement } from '../cache/measurement.js';
import { layerId, layersOf } from '../layers/layer.js';
import { costAt, type CostPoint } from './interpolate.js';

/** Best measured costs of one layer. */
interface LayerCosts {
  readonly dense: number | undefined;
  /** By T of the mask. */
  readonly pruned: ReadonlyMap<number, readonly CostPoint[]>;
}

const NOTHING: LayerCosts = { dense: undefined, pruned: new Map() };

/**
 * What the layers of a network cost by measurement, dense and at any ratio: between and beyond the ratios that were tuned,
 * costs are taken to follow straight lines over the share of columns that is kept.
 */
export class MeasuredCosts {
  readonly unit: Measurement['unit'];
  /** Heights of mask tiles that something was measured with, ascending. */
  readonly tileRows: readonly number[];
  readonly #byNode = new Map<string, LayerCosts>();
  /** Nodes that have weights and might be pruned. */
  readonly #weighted = new Set<string>();

  /** `lowered`: the dense network as the target's kernels take it. */
  constructor(measurements: readonly Measurement[], lowered: Graph) {
    this.unit = measurements[0]?.unit ?? 'cycles';
    const byText = costsByText(measurements);
    for (const layer of layersOf(lowered)) {
      this.#byNode.set(layer.node.name, byText.get(layer.text) ?? NOTHING);
      const [, weight] = layer.node.inputs;
      if (weight !== undefined && valueAt(lowered, weight).constant !== undefined) this.#weighted.add(layer.node.name);
    }
    const heights = [...this.#byNode.values()].flatMap(({ pruned }) => [...pruned.keys()]);
    this.tileRows = [...new Set(heights)].sort((a, b) => a - b);
  }

  /** Throws CacheError where the node was not measured; 0 for one that measurements say nothing about. */
  dense(node: string): number {
    const known = this.#byNode.get(node);
    if (known === undefined) return 0;
    if (known.dense !== undefined) return known.dense;
    throw new CacheError(`the tuning file holds no measurement of layer ${JSON.stringify(node)}`, [
      'tune this model, with the same shapes, into that file first',
    ]);
  }

  /** With this share of the columns kept. A layer that was not measured pruned saves nothing. */
  pruned(node: string, kept: number, tileRows: number): number {
    const dense = this.dense(node);
    return costAt(this.#byNode.get(node)?.pruned.get(tileRows) ?? [], kept, dense) ?? dense;
  }

  /** Cost of everything but these nodes. */
  others(nodes: ReadonlySet<string>): number {
    return [...this.#byNode.keys()].reduce((sum, node) => sum + (nodes.has(node) ? 0 : this.dense(node)), 0);
  }

  /** Height of mask tiles with which the network costs least; of nearly equal ones the lowest, which retains most. */
  bestTileRows(kept: number): number | undefined {
    const totals = this.tileRows.map((rows) => ({ rows, cost: this.#total(kept, rows) }));
    const least = Math.min(...totals.map(({ cost }) => cost));
    return totals.find(({ cost }) => cost <= least * (1 + NEARLY))?.rows;
  }

  #total(kept: number, tileRows: number): number {
    return [...this.#weighted].reduce((sum, node) => {
      return sum + Math.min(this.dense(node), this.pruned(node, kept, tileRows));
    }, 0);
  }
}

/** Costs that differ by less do not decide. */
const NEARLY = 0.005;

/** The planner's view of measured costs. */
export function measuredCostModel(costs: MeasuredCosts): CostModel {
  return {
    unit: costs.unit,
    fixed: (_, layers) => costs.others(new Set(layers.flatMap(({ nodes }) => nodes.map(({ name }) => name)))),
    layer: ({ nodes }, sparsity, tileRows) =>
      nodes.reduce((sum, { name }) => {
        return (
          sum + (sparsity === undefined ? costs.dense(name) : costs.pruned(name, sparsity.n / sparsity.m, tileRows))
        );
      }, 0),
  };
}

function costsByText(measurements: readonly Measurement[]): ReadonlyMap<string, LayerCosts> {
  const best = new Map<string, Measurement>();
  for (const one of measurements) {
    if (one.status !== 'ok' || one.cost === null) continue;
    const id = layerId({ text: one.layer, sparsity: one.sparsity });
    const known = best.get(id);
    if (known === undefined || one.cost < (known.cost ?? Infinity)) best.set(id, one);
  }
  const found = new Map<string, { dense: number | undefined; pruned: Map<number, CostPoint[]> }>();
  for (const { layer, sparsity, cost } of best.values()) {
    const entry = found.get(layer) ?? { dense: undefined, pruned: new Map<number, CostPoint[]>() };
    found.set(layer, entry);
    const [, n, m, rows] = /^([0-9]+):([0-9]+)\/([0-9]+)$/.exec(sparsity) ?? [];
    if (rows === undefined) entry.dense = cost ?? undefined;
    else {
      const points = entry.pruned.get(Number(rows)) ?? [];
      entry.pruned.set(Number(rows), [...points, { kept: Number(n) / Number(m), cost: cost ?? 0 }]);
    }
  }
  return found;
}
