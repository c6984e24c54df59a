import { optimize, type Graph } from '@ait-rvv/ir';
import { isPruned, planPruning } from '@ait-rvv/pruning';

/** Half of the columns: what pruning is about for most layers. */
const TYPICAL = { ratio: '0.5' };

/** What the planner would make of every layer with a weight, by the name of its node: `yes`, or why not. */
export function prunableLayers(graph: Graph): ReadonlyMap<string, string> {
  const { layers } = planPruning(optimize(graph), { drop: TYPICAL });
  return new Map(layers.map((layer) => [layer.name, isPruned(layer) ? 'yes' : layer.reason]));
}
