import type { Graph } from '@ait-rvv/ir';
import { retainedOf, scoreColumns } from '../columns/score.js';
import { meanRetained, rounded } from '../plan/invariants.js';
import { isPruned, type Plan, type PlanLayer } from '../plan/schema.js';
import { plannedLayers } from './planned-layers.js';

/**
 * The same plan for another version of its model, in general for what retraining under its masks has made of it: the
 * layers, counts and permutations of the plan, and what they retain of the weights as they are now. All of it, when the
 * training kept to the masks. What was scored from outside is measured by magnitude. Throws AIT4002 when the layers are
 * not those of the plan.
 */
export function followPlan(plan: Plan, graph: Graph, model: Plan['model']): Plan {
  const retained = new Map(
    plannedLayers(graph, plan).layers.map(({ layer, entry, weight, columns }) => {
      const kind = plan.score === 'external' ? 'l1' : plan.score;
      const table = scoreColumns(weight.data as Float32Array, entry, kind);
      return [layer.name, rounded(retainedOf(table, columns))] as const;
    }),
  );
  const layers = plan.layers.map((layer): PlanLayer => {
    const share = retained.get(layer.name);
    return isPruned(layer) && share !== undefined ? { ...layer, retained: share } : layer;
  });
  return { ...plan, model, totals: { ...plan.totals, retained: meanRetained(layers) }, layers };
}
