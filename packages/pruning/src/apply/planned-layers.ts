import { CompileError, type Graph, type Tensor } from '@ait-rvv/ir';
import { scoreColumns } from '../columns/score.js';
import { selectColumns } from '../columns/select.js';
import { findLayers, WEIGHT_INPUT, type Layer } from '../graph/layers.js';
import { denseTensor } from '../graph/weights.js';
import { constantOrders, reordered, type AxisOrder } from '../permute/permute-graph.js';
import { ordersOf, type PlannedOrders } from '../permute/plan-permutations.js';
import { findMismatches } from '../plan/check-plan.js';
import { decodeColumnSets } from '../plan/column-sets.js';
import { isPruned, type Plan, type PrunedPlanLayer } from '../plan/schema.js';

/** A layer of an optimised graph with the columns a plan keeps of it. */
export interface PlannedLayer {
  readonly layer: Layer;
  readonly entry: PrunedPlanLayer;
  /** How the weight's axes are reordered before columns are chosen. */
  readonly axes: readonly AxisOrder[];
  /** The weight, reordered. */
  readonly weight: Tensor;
  /** `[tiles][kept]` of the reordered weight. */
  readonly columns: Uint32Array;
}

export interface PlannedLayers extends PlannedOrders {
  readonly layers: readonly PlannedLayer[];
}

/** What a plan keeps of the weights of an optimised graph. Throws AIT4002 when the plan is not for it. */
export function plannedLayers(graph: Graph, plan: Plan): PlannedLayers {
  const findings = findMismatches(plan, graph);
  if (findings.length > 0) throw new CompileError(findings);
  const { analysis, orders } = ordersOf(graph, plan);
  const entries = new Map(plan.layers.map((entry) => [entry.name, entry]));
  const layers = findLayers(graph).flatMap((layer): PlannedLayer[] => {
    const entry = entries.get(layer.name);
    const [node] = layer.nodes;
    if (entry === undefined || node === undefined || !isPruned(entry)) return [];
    const axes = constantOrders(graph, analysis, orders, node).get(WEIGHT_INPUT) ?? [];
    const weight = reordered(denseTensor(graph, layer.weight.id), axes);
    return [{ layer, entry, axes, weight, columns: columnsOf(plan, entry, weight) }];
  });
  return { analysis, orders, layers };
}

/** The columns are those the plan lists, or those its score chooses. */
function columnsOf(plan: Plan, entry: PrunedPlanLayer, weight: Tensor): Uint32Array {
  const listed = entry.columns === undefined ? undefined : decodeColumnSets(entry, entry.columns);
  if (listed !== undefined) return listed;
  const { shape, rowAxis, tileRows } = entry;
  const table = scoreColumns(weight.data as Float32Array, { shape, rowAxis, tileRows }, plan.score);
  return selectColumns(table, entry);
}
