import type { Graph } from '@ait-rvv/ir';
import { keptColumns, type Sparsity } from '../columns/sparsity.js';
import { otherMacs, type Layer } from '../graph/layers.js';

/** What a layer costs at a sparsity: multiply-adds, or whatever a tuner has measured. */
export interface CostModel {
  /** What is counted, for messages: `multiply-adds`. */
  readonly unit: string;
  /** Cost of everything in the graph that is no layer, and so cannot be pruned. */
  fixed(graph: Graph, layers: readonly Layer[]): number;
  /** Cost of a layer in tiles of `tileRows` rows; dense when `sparsity` is undefined. */
  layer(layer: Layer, sparsity: Sparsity | undefined, tileRows: number): number;
}

/** Multiply-adds of one inference. */
export const MULTIPLY_ADDS: CostModel = {
  unit: 'multiply-adds',
  fixed: otherMacs,
  layer: prunedMacs,
};

/** Multiply-adds of a layer: those of the columns it keeps. Exact, since every row of a tile keeps as many. */
export function prunedMacs(layer: Layer, sparsity: Sparsity | undefined): number {
  if (sparsity === undefined) return layer.macs;
  return (layer.macs / layer.depth) * keptColumns(sparsity, layer.depth);
}

/** Cost of the whole graph, nothing pruned. */
export function denseCost(graph: Graph, layers: readonly Layer[], cost: CostModel, tileRows: number): number {
  return layers.reduce((sum, layer) => sum + cost.layer(layer, undefined, tileRows), cost.fixed(graph, layers));
}
