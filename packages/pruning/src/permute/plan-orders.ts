import type { Graph } from '@ait-rvv/ir';
import { retainedShare, type Scored } from '../columns/retained.js';
import type { Sparsity } from '../columns/sparsity.js';
import { WEIGHT_INPUT, type Layer } from '../graph/layers.js';
import type { ChannelAnalysis } from './analyse-channels.js';
import { isIdentity, type Order } from './order.js';
import { orderRows } from './order-rows.js';
import { constantOrders, reordered, type SpaceOrders } from './permute-graph.js';
import type { Space, SpaceId } from './spaces.js';

/** A layer that will be pruned, and what its columns are scored by. */
export interface PrunedLayer {
  readonly layer: Layer;
  readonly sparsity: Sparsity;
  readonly scored: Scored;
}

/**
 * Orders of output channels under which the pruned layers retain more of their score. Set after set, in graph order, an
 * order is proposed and taken only if it raises the sum of the logarithms of the retained shares of all layers it
 * touches: those that make the channels, and those whose groups of columns it regroups.
 */
export function planOrders(
  graph: Graph,
  analysis: ChannelAnalysis,
  pruned: readonly PrunedLayer[],
  tileRows: number,
): SpaceOrders {
  const orders = new Map<SpaceId, Order>();
  const shares = new Map<PrunedLayer, number>();
  const share = (one: PrunedLayer, under: SpaceOrders): number =>
    retainedShare(scoredUnder(graph, analysis, one, under), tileRows, one.sparsity);
  for (const space of analysis.spaces) {
    const makers = pruned.filter(({ layer }) => space.producers.some((node) => layer.nodes.includes(node)));
    if (space.fixed !== undefined || makers.length === 0 || space.extent <= tileRows) continue;
    const order = propose(graph, analysis, makers, space, orders, tileRows);
    if (isIdentity(order)) continue;
    const trial = new Map(orders).set(space.id, order);
    const touched = new Set([...makers, ...pruned.filter((one) => regroups(analysis, one, space))]);
    const after = new Map<PrunedLayer, number>();
    let gain = 0;
    for (const one of touched) {
      const before = shares.get(one) ?? share(one, orders);
      shares.set(one, before);
      after.set(one, share(one, trial));
      gain += Math.log(after.get(one) ?? 1) - Math.log(before);
    }
    if (!(gain > 0)) continue;
    orders.set(space.id, order);
    for (const [one, value] of after) shares.set(one, value);
  }
  return orders;
}

function propose(
  graph: Graph,
  analysis: ChannelAnalysis,
  makers: readonly PrunedLayer[],
  space: Space,
  orders: SpaceOrders,
  tileRows: number,
): Order {
  const rows = makers.map((one) => ({ ...scoredUnder(graph, analysis, one, orders), m: one.sparsity.m }));
  return orderRows(rows, space.extent, tileRows);
}

/** A layer whose columns are chosen in groups keeps others when its input channels change places. */
function regroups(analysis: ChannelAnalysis, { layer, sparsity }: PrunedLayer, space: Space): boolean {
  if (sparsity.m >= layer.depth) return false;
  return layer.nodes.some((node) =>
    (analysis.uses.get(node) ?? []).some(
      ({ input, sets }) => input === WEIGHT_INPUT && sets.some((set) => analysis.representative(set) === space.id),
    ),
  );
}

/** What a layer's columns are scored by, once channels are in these orders. */
export function scoredUnder(
  graph: Graph,
  analysis: ChannelAnalysis,
  { layer, scored }: Pick<PrunedLayer, 'layer' | 'scored'>,
  orders: SpaceOrders,
): Scored {
  const [node] = layer.nodes;
  const axes = node === undefined ? undefined : constantOrders(graph, analysis, orders, node).get(WEIGHT_INPUT);
  return axes === undefined ? scored : { ...scored, elements: reordered(scored.elements, axes) };
}
