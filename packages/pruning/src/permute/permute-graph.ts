import { rewrite, valueAt, type Graph, type Node, type Tensor, type ValueId } from '@ait-rvv/ir';
import { denseTensor } from '../graph/weights.js';
import type { ChannelAnalysis } from './analyse-channels.js';
import { identityOrder, reorderAxis, type Order } from './order.js';
import type { SpaceId } from './spaces.js';

/** The order of every reordered set of channels, by its representative. */
export type SpaceOrders = ReadonlyMap<SpaceId, Order>;

/** How one axis of a constant is reordered. */
export interface AxisOrder {
  readonly axis: number;
  /** Whose channels lie along it. */
  readonly sets: readonly SpaceId[];
  readonly order: Order;
}

/**
 * The same function with channels in another order: producers' weights and everything that follows the channels are
 * reordered, and consumers read them where they are now. Outputs are those of the graph, up to the order of summation.
 */
export function permuteGraph(graph: Graph, analysis: ChannelAnalysis, orders: SpaceOrders): Graph {
  const made = new Map<string, ValueId>();
  return rewrite(graph, (node, { builder, map }) => {
    const byInput = constantOrders(graph, analysis, orders, node);
    if (byInput.size === 0) return undefined;
    const inputs = node.inputs.map((id, input) => {
      const axes = byInput.get(input);
      if (axes === undefined) return map(id);
      // Nodes that share a constant share its reordered form as well.
      const key = [id, ...axes.map(({ axis, sets }) => `${axis}:${sets.join()}`)].join(' ');
      const known = made.get(key);
      if (known !== undefined) return known;
      const tensor = reordered(denseTensor(graph, id), axes);
      const value = builder.constant(valueAt(graph, id).name, tensor);
      made.set(key, value);
      return value;
    });
    const outputs = node.outputs.map((id) => valueAt(graph, id).name);
    return builder.add(node.op, inputs, node.attrs, { name: node.name, outputs });
  });
}

/** For each constant input of a node that moves: how. */
export function constantOrders(
  graph: Graph,
  analysis: ChannelAnalysis,
  orders: SpaceOrders,
  node: Node,
): ReadonlyMap<number, readonly AxisOrder[]> {
  const byInput = new Map<number, AxisOrder[]>();
  for (const { input, axis, sets } of analysis.uses.get(node) ?? []) {
    const roots = sets.map((set) => analysis.representative(set));
    if (!roots.some((root) => orders.has(root))) continue;
    const axes = byInput.get(input) ?? [];
    axes.push({ axis, sets: roots, order: joinedOrder(roots, analysis, orders) });
    byInput.set(input, axes);
  }
  return byInput;
}

export function reordered(tensor: Tensor, axes: readonly AxisOrder[]): Tensor {
  return axes.reduce((current, { axis, order }) => reorderAxis(current, axis, order), tensor);
}

/** The order along an axis whose channels belong to several sets, one after the other. */
function joinedOrder(roots: readonly SpaceId[], analysis: ChannelAnalysis, orders: SpaceOrders): Order {
  const parts: number[] = [];
  for (const root of roots) {
    const order = orders.get(root) ?? identityOrder(analysis.extent(root));
    const begin = parts.length;
    for (const from of order) parts.push(begin + from);
  }
  return Uint32Array.from(parts);
}
