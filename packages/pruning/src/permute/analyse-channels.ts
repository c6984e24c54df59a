import type { Graph, Node, OpKind } from '@ait-rvv/ir';
import { ChannelFlow, type ConstantUse } from './channel-flow.js';
import type { Space, SpaceId } from './spaces.js';
import { TRANSFERS, type Transfer } from './transfers.js';

/** Which channels of a graph move together, which must not move, and which constants follow them. */
export interface ChannelAnalysis {
  readonly spaces: readonly Space[];
  /** Constant inputs of a node that follow channels. */
  readonly uses: ReadonlyMap<Node, readonly ConstantUse[]>;
  /** The set that stands for all that were joined with this one. */
  readonly representative: (id: SpaceId) => SpaceId;
  readonly extent: (id: SpaceId) => number;
}

/**
 * Follows the output channels of every layer through the graph, op by op. Channels that are added to others share
 * their order; those that reach an output of the model, or an op that tells them apart, stay in place.
 */
export function analyseChannels(graph: Graph): ChannelAnalysis {
  const flow = new ChannelFlow(graph);
  for (const node of graph.nodes) (TRANSFERS[node.op.kind as OpKind] as Transfer<unknown>)(flow, node);
  for (const output of graph.outputs)
    flow.fix(flow.track(output.value), `they reach the output ${JSON.stringify(output.name)}`);
  return {
    spaces: flow.sets.all(),
    uses: flow.uses,
    representative: (id) => flow.sets.find(id),
    extent: (id) => flow.sets.extent(id),
  };
}

/** The channels a node's weight makes; undefined when it makes none that could move. */
export function spaceMadeBy(analysis: ChannelAnalysis, node: string): Space | undefined {
  return analysis.spaces.find((space) => space.producers.some((producer) => producer.name === node));
}
