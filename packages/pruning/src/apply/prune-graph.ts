import { verifyGraph, type ColumnNMEncoding, type Graph, type ValueId } from '@ait-rvv/ir';
import { encodeColumns } from '../columns/column-nm.js';
import { findLayers } from '../graph/layers.js';
import { withConstants } from '../graph/weights.js';
import { permuteGraph } from '../permute/permute-graph.js';
import type { Plan } from '../plan/schema.js';
import { plannedLayers } from './planned-layers.js';

/**
 * The optimised graph a plan makes: channels in the plan's order, weights of pruned layers in column-wise N:M form.
 * Throws AIT4002 when the plan is not for this graph.
 */
export function pruneGraph(graph: Graph, plan: Plan): Graph {
  const { layers, analysis, orders } = plannedLayers(graph, plan);
  const permuted = orders.size === 0 ? graph : permuteGraph(graph, analysis, orders);
  const weights = new Map(findLayers(permuted).map((layer) => [layer.name, layer.weight.id]));
  const encoded = new Map<ValueId, ColumnNMEncoding>();
  for (const { layer, entry, weight, columns } of layers) {
    const id = weights.get(layer.name);
    if (id === undefined) throw new Error(`layer ${JSON.stringify(layer.name)} is lost`);
    const { n, m, tileRows, rowAxis } = entry;
    encoded.set(id, encodeColumns(weight, { n, m, tileRows, rowAxis, columns }));
  }
  const pruned = withConstants(permuted, encoded);
  verifyGraph(pruned);
  return pruned;
}
