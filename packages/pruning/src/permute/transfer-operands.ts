import { stepOperand, type ElementwiseAttrs, type EpilogueStep, type Node } from '@ait-rvv/ir';
import type { ChannelFlow, Track } from './channel-flow.js';

/** An input of a node that meets its result element by element. */
interface Meeting {
  readonly input: number;
  /** Axis `a` of the input meets axis `a + shift` of the result. */
  readonly shift: number;
}

/** Channels through a chain of elementwise steps: what meets them moves along. */
export function transferElementwise(flow: ChannelFlow, node: Node<ElementwiseAttrs>): void {
  const result = flow.shape(node.outputs[0]);
  const first: Meeting = { input: 0, shift: result.length - flow.shape(node.inputs[0]).length };
  const meetings = [first, ...meetingsOf(flow, node, node.attrs.epilogue, 1)];
  const tracks = meetings.flatMap((meeting) => alignedTrack(flow, node, meeting, result) ?? []);
  const [leader] = tracks;
  if (leader === undefined) return;
  if (tracks.some((track) => track.axis !== leader.axis)) {
    for (const track of tracks) flow.fix(track, mixes(node));
    return;
  }
  for (const meeting of meetings) meet(flow, node, meeting, leader, result);
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
  for (const meeting of meetingsOf(flow, node, steps, biasAxis)) meet(flow, node, meeting, leader, result);
}

function meetingsOf(
  flow: ChannelFlow,
  node: Node,
  steps: readonly EpilogueStep[],
  biasAxis: number,
): readonly Meeting[] {
  const rank = flow.shape(node.outputs[0]).length;
  return steps.flatMap((step) => {
    const input = stepOperand(step);
    if (input === undefined) return [];
    return [{ input, shift: step.kind === 'bias' ? biasAxis : rank - flow.shape(node.inputs[input]).length }];
  });
}

function meet(flow: ChannelFlow, node: Node, meeting: Meeting, leader: Track, result: readonly number[]): void {
  const { input, shift } = meeting;
  const id = node.inputs[input];
  if (id === undefined) return;
  const extent = flow.shape(id)[leader.axis - shift];
  const track = flow.track(id);
  // One element stands for all channels: whatever else moves in the input would be missed.
  if (extent === undefined || extent !== result[leader.axis]) flow.fix(track, mixes(node));
  else if (flow.isConstant(id)) flow.follow(node, input, leader.axis - shift, leader.sets);
  else if (track?.axis === leader.axis - shift) flow.tie(leader, track, combines(node));
  else for (const one of [leader, track]) flow.fix(one, combines(node));
}

/** The channels of an input at the axis of the result they meet; undefined where broadcasting repeats them. */
function alignedTrack(
  flow: ChannelFlow,
  node: Node,
  { input, shift }: Meeting,
  result: readonly number[],
): Track | undefined {
  const id = node.inputs[input];
  const track = flow.track(id);
  if (track === undefined) return undefined;
  const axis = track.axis + shift;
  return flow.shape(id)[track.axis] === result[axis] ? { axis, sets: track.sets } : undefined;
}

function mixes(node: Node): string {
  return `${JSON.stringify(node.name)} mixes them with another axis`;
}

function combines(node: Node): string {
  return `${JSON.stringify(node.name)} combines them with others`;
}
