import type { Backend } from '@ait-rvv/codegen-core';
import { valueAt, type Graph } from '@ait-rvv/ir';
import { findLayers, type CostModel, type Layer as WeightLayer, type Sparsity } from '@ait-rvv/pruning';
import { CacheError } from '../cache/cache.js';
import type { Measurement } from '../cache/measurement.js';
import { layersOf, type Layer } from '../layers/layer.js';
import { parseSparsity, prunedLayer } from '../layers/sparsity.js';
import { bestMeasured, MeasuredLayers } from '../search/best-measured.js';
import { costAt, type CostPoint } from './interpolate.js';

/** Best measured costs of one layer, by kernels as they are. */
interface LayerCosts {
  readonly dense: number | undefined;
  /** It was measured dense, by whatever kernels there were. */
  readonly wasMeasured: boolean;
  /** By T of the mask. */
  readonly pruned: ReadonlyMap<number, readonly CostPoint[]>;
}

/**
 * What the layers of a network cost by measurement, dense and at any ratio: between and beyond the ratios that were tuned,
 * costs are taken to follow straight lines over the share of columns that is kept. What a kernel cost before its C sources
 * changed does not count.
 */
export class MeasuredCosts {
  readonly unit: Measurement['unit'];
  /** Heights of mask tiles that something was measured with, ascending. */
  readonly tileRows: readonly number[];
  readonly #byNode = new Map<string, LayerCosts>();
  /** Nodes that have weights and might be pruned. */
  readonly #weighted = new Set<string>();

  /** `lowered`: the dense network as the target's kernels take it. */
  constructor(measurements: readonly Measurement[], lowered: Graph, backend: Backend) {
    this.unit = measurements[0]?.unit ?? 'cycles';
    const measured = new MeasuredLayers(measurements);
    const weights = new Map(findLayers(lowered).flatMap((layer) => layer.nodes.map(({ name }) => [name, layer])));
    const byText = new Map<string, LayerCosts>();
    for (const layer of layersOf(lowered)) {
      const costs = byText.get(layer.text) ?? costsOf(layer, weights.get(layer.node.name), measured, backend);
      byText.set(layer.text, costs);
      this.#byNode.set(layer.node.name, costs);
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
    const [what, advice] = known.wasMeasured
      ? ['only measurements by kernels that have changed since', 'tune this model again, into the same file']
      : ['no measurement', 'tune this model, with the same shapes, into that file first'];
    throw new CacheError(`of layer ${JSON.stringify(node)} the tuning file holds ${what}`, [advice]);
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

/**
 * Layers in a network take up to a hundredth and a half more than each measured by itself: what one leaves in the caches
 * is not what the next one wants, and what lies between them takes time, too.
 */
const TOGETHER = 1.02;

/** The planner's view of measured costs: what layers take in a network, rather a little too much than too little. */
export function measuredCostModel(costs: MeasuredCosts): CostModel {
  const layerCost = (name: string, sparsity: Sparsity | undefined, tileRows: number): number =>
    sparsity === undefined ? costs.dense(name) : costs.pruned(name, sparsity.n / sparsity.m, tileRows);
  return {
    unit: costs.unit,
    fixed: (_, layers) =>
      TOGETHER * costs.others(new Set(layers.flatMap(({ nodes }) => nodes.map(({ name }) => name)))),
    layer: ({ nodes }, sparsity, tileRows) =>
      TOGETHER * nodes.reduce((sum, { name }) => sum + layerCost(name, sparsity, tileRows), 0),
  };
}

function costsOf(
  layer: Layer,
  weight: WeightLayer | undefined,
  measured: MeasuredLayers,
  backend: Backend,
): LayerCosts {
  const { text } = layer;
  const whole = measured.of({ text, sparsity: 'dense' });
  const pruned = new Map<number, CostPoint[]>();
  for (const name of measured.sparsitiesOf(text)) {
    const sparsity = parseSparsity(name);
    const alike = sparsity && weight && prunedLayer(layer, weight, sparsity);
    const best = alike && bestMeasured(measured.of(alike), alike, backend);
    if (sparsity === undefined || best === undefined) continue;
    const { n, m, tileRows } = sparsity;
    pruned.set(tileRows, [...(pruned.get(tileRows) ?? []), { kept: n / m, cost: best.cost }]);
  }
  return { dense: bestMeasured(whole, layer, backend)?.cost, wasMeasured: whole.length > 0, pruned };
}
