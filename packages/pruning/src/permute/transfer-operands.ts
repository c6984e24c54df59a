import { stepOperand, type ElementwiseAttrs, type EpilogueStep, type Node } from '@ait-rvv/ir';
import type { ChannelFlow, Track } from './channel-flow.js';

/** Channels through a chain of elementwise steps: what meets them moves along. */
export function transferElementwise(flow: ChannelFlow, node: Node<ElementwiseAttrs>): void {
  const result = flow.shape(node.outputs[0]);
  const operands = node.attrs.epilogue.flatMap((step) => stepOperand(step) ?? []);
  const tracks = [0, ...operands].flatMap((input) => alignedTrack(flow, node, input, result) ?? []);
  const [leader] = tracks;
  if (leader === undefined) return;
  if (tracks.some((track) => track.axis !== leader.axis)) {
    for (const track of tracks) flow.fix(track, `${JSON.stringify(node.name)} mixes them with another axis`);
    return;
  }
  meet(flow, node, 0, leader, result);
  meetOperands(flow, node, node.attrs.epilogue, leader, 1);
  flow.carry(node.outputs[0], leader);
}

/**
 * Lets the operands of an epilogue meet the channels of the result: computed ones are tied to them, constants follow.
 *
 * @param biasAxis axis of the result that a `bias` lies along
 */
export function meetOperands(
  flow: ChannelFlow,
  node: Node,
  steps: readonly EpilogueStep[],
  leader: Track,
  biasAxis: number,
): void {
  const result = flow.shape(node.outputs[0]);
  for (const step of steps) {
    const input = stepOperand(step);
    if (input === undefined) continue;
    if (step.kind !== 'bias') meet(flow, node, input, leader, result);
    else if (leader.axis === biasAxis) meetVector(flow, node, input, leader);
  }
}

/** One input of the node meets the channels of the result, which has broadcast it. */
function meet(flow: ChannelFlow, node: Node, input: number, leader: Track, result: readonly number[]): void {
  const id = node.inputs[input];
  if (id === undefined) return;
  const shape = flow.shape(id);
  const axis = leader.axis - (result.length - shape.length);
  // One element stands for all channels.
  if (axis < 0 || (shape[axis] === 1 && result[leader.axis] !== 1)) {
    const other = flow.track(id);
    if (other !== undefined) flow.fix(other, `${JSON.stringify(node.name)} mixes them with another axis`);
    return;
  }
  meetAt(flow, node, input, axis, leader);
}

function meetVector(flow: ChannelFlow, node: Node, input: number, leader: Track): void {
  meetAt(flow, node, input, 0, leader);
}

function meetAt(flow: ChannelFlow, node: Node, input: number, axis: number, leader: Track): void {
  const id = node.inputs[input];
  if (id === undefined) return;
  const why = `${JSON.stringify(node.name)} combines them with others`;
  const track = flow.track(id);
  if (flow.isConstant(id)) flow.follow(node, input, axis, leader.sets);
  else if (track?.axis === axis) flow.tie(leader, track, why);
  else for (const one of [leader, track]) flow.fix(one, why);
}

/** The channels of an input at the axis of the result they meet; undefined where broadcasting repeats them. */
function alignedTrack(flow: ChannelFlow, node: Node, input: number, result: readonly number[]): Track | undefined {
  const id = node.inputs[input];
  const track = flow.track(id);
  if (track === undefined) return undefined;
  const shape = flow.shape(id);
  const axis = track.axis + result.length - shape.length;
  return shape[track.axis] === result[axis] ? { axis, sets: track.sets } : undefined;
}
