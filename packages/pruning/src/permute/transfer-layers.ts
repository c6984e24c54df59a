import { isDepthwise, typeAt, useCounts, type Conv2dAttrs, type Graph, type MatmulAttrs, type Node } from '@ait-rvv/ir';
import { WEIGHT_INPUT } from '../graph/layers.js';
import type { ChannelFlow, Track } from './channel-flow.js';
import { meetOperands } from './transfer-operands.js';

/** A convolution reads channels in any order, its weight following, and makes new ones. */
export function transferConv2d(flow: ChannelFlow, node: Node<Conv2dAttrs>): void {
  const [x = -1] = node.inputs;
  const track = flow.track(x);
  const { groups, epilogue } = node.attrs;
  const rows = flow.shape(node.inputs[WEIGHT_INPUT])[0] ?? 0;
  const movable = ownsWeight(flow, node) && (track === undefined || track.axis === 1);
  if (movable && groups === 1) {
    if (track !== undefined) flow.follow(node, WEIGHT_INPUT, 1, track.sets);
    produce(flow, node, epilogue, 0, { axis: 1, sets: [flow.sets.create(rows, node)] }, 1);
  } else if (movable && track !== undefined && isDepthwise(typeAt(flow.graph, x), node.attrs) && rows === groups) {
    produce(flow, node, epilogue, 0, track, 1);
  } else stays(flow, node, epilogue.length > 0);
}

/** A linear layer reads the channels along the axis it contracts, and makes new ones along the last. */
export function transferMatmul(flow: ChannelFlow, node: Node<MatmulAttrs>): void {
  const [x = -1] = node.inputs;
  const track = flow.track(x);
  const weight = flow.shape(node.inputs[WEIGHT_INPUT]);
  const rank = flow.shape(x).length;
  const { transA, transB, epilogue } = node.attrs;
  const contracted = transA ? rank - 2 : rank - 1;
  const last = flow.shape(node.outputs[0]).length - 1;
  const movable = ownsWeight(flow, node) && weight.length === 2 && (track === undefined || track.axis === contracted);
  if (!movable) {
    stays(flow, node, epilogue.length > 0);
    return;
  }
  const rowAxis = transB ? 0 : 1;
  if (track !== undefined) flow.follow(node, WEIGHT_INPUT, 1 - rowAxis, track.sets);
  produce(flow, node, epilogue, rowAxis, { axis: last, sets: [flow.sets.create(weight[rowAxis] ?? 0, node)] }, last);
}

/** The node's weight makes channels: its rows follow them, and so do the operands of its epilogue. */
function produce(
  flow: ChannelFlow,
  node: Node,
  epilogue: Conv2dAttrs['epilogue'],
  rowAxis: number,
  result: Track,
  biasAxis: number,
): void {
  flow.follow(node, WEIGHT_INPUT, rowAxis, result.sets);
  meetOperands(flow, node, epilogue, result, biasAxis);
  flow.carry(node.outputs[0], result);
}

/** Nothing the node reads may move, since its result does not. */
function stays(flow: ChannelFlow, node: Node, hasOperands: boolean): void {
  const inputs = hasOperands ? node.inputs : node.inputs.slice(0, 2);
  for (const id of inputs) flow.fix(flow.track(id), `${node.op.kind} ${JSON.stringify(node.name)} needs them in place`);
}

const counts = new WeakMap<Graph, Int32Array>();

/** A constant weight that nothing else reads. */
function ownsWeight(flow: ChannelFlow, node: Node): boolean {
  const id = node.inputs[WEIGHT_INPUT];
  if (id === undefined || !flow.isConstant(id)) return false;
  let uses = counts.get(flow.graph);
  if (uses === undefined) counts.set(flow.graph, (uses = useCounts(flow.graph)));
  return uses[id] === 1;
}
