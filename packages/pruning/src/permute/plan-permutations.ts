import type { Diagnostic, Graph } from '@ait-rvv/ir';
import { layerFinding } from '../plan/invariants.js';
import type { Plan } from '../plan/schema.js';
import { analyseChannels, spaceMadeBy, type ChannelAnalysis } from './analyse-channels.js';
import type { Order } from './order.js';
import type { SpaceOrders } from './permute-graph.js';
import type { SpaceId } from './spaces.js';

export interface PlannedOrders {
  readonly analysis: ChannelAnalysis;
  readonly orders: SpaceOrders;
}

/**
 * What a plan's permutations mean for a graph, imported or optimised: both have layers of the same names. `findings` are
 * not empty when the graph cannot take them.
 */
export function ordersOf(graph: Graph, plan: Plan): PlannedOrders & { readonly findings: readonly Diagnostic[] } {
  const analysis = analyseChannels(graph);
  const orders = new Map<SpaceId, Order>();
  const findings: Diagnostic[] = [];
  for (const { name, order } of plan.permutations) {
    for (const layer of plan.layers) {
      if (layer.permutation !== name) continue;
      const space = spaceMadeBy(analysis, layer.name);
      const known = space === undefined ? undefined : orders.get(space.id);
      if (space === undefined) findings.push(layerFinding(layer.name, 'makes no channels that can be reordered.'));
      else if (space.fixed !== undefined)
        findings.push(layerFinding(layer.name, `must keep its channels in place: ${space.fixed}.`));
      else if (space.extent !== order.length || (known !== undefined && known.join() !== order.join())) {
        findings.push(layerFinding(layer.name, 'shares its channels with layers of another permutation.'));
      } else orders.set(space.id, known ?? Uint32Array.from(order));
    }
  }
  return { analysis, orders, findings };
}

/** Name of the permutation each layer's output channels take: that of the first layer of its set. */
export function permutationNames({ analysis, orders }: PlannedOrders): ReadonlyMap<string, string> {
  return new Map(
    analysis.spaces.flatMap(({ id, producers }) => {
      const [first] = producers;
      if (first === undefined || !orders.has(id)) return [];
      return producers.map((producer) => [producer.name, first.name] as const);
    }),
  );
}
