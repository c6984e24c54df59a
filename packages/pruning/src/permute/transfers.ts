import {
  batchNorm,
  concat,
  expand,
  gather,
  pad,
  pool2d,
  resample,
  reshape,
  scan,
  slice,
  softmax,
  split,
  topk,
  transpose,
  type Node,
  type OpDef,
  type OpKind,
  type OPS,
} from '@ait-rvv/ir';
import type { ChannelFlow, Track } from './channel-flow.js';
import { transferConv2d, transferMatmul } from './transfer-layers.js';
import { transferElementwise } from './transfer-operands.js';

type AttrsOf<K extends OpKind> = (typeof OPS)[K] extends OpDef<infer A> ? A : never;

/** How channels pass through one node: carries, ties or fixes them, and notes the constants that follow. */
export type Transfer<A> = (flow: ChannelFlow, node: Node<A>) => void;

/** The same elements in the same order along the channels. */
const carries: Transfer<unknown> = (flow, node) => flow.carry(node.outputs[0], flow.track(node.inputs[0]));

/** The order of the channels of every input has to stay as it is. */
function fixes(what: string): Transfer<unknown> {
  return (flow, node) => {
    for (const id of node.inputs) flow.fix(flow.track(id), `${node.op.kind} ${JSON.stringify(node.name)} ${what}`);
  };
}

/** Carries channels to where `axisOf` says they are in the output; those it says nothing of stay in place. */
function moves<A>(
  op: OpDef<A>,
  axisOf: (flow: ChannelFlow, node: Node<A>, axis: number) => number | undefined,
): Transfer<A> {
  return (flow, node) => {
    const track = flow.track(node.inputs[0]);
    if (track === undefined) return;
    const axis = axisOf(flow, node, track.axis);
    if (axis === undefined) flow.fix(track, `${op.kind} ${JSON.stringify(node.name)} mixes them with another axis`);
    else for (const id of node.outputs) flow.carry(id, { axis, sets: track.sets });
  };
}

/** How channels pass through every op. */
export const TRANSFERS: { readonly [K in OpKind]: Transfer<AttrsOf<K>> } = {
  batchNorm: (flow, node) => {
    const [x, ...parameters] = node.inputs;
    const track = flow.track(x);
    const computed = parameters.filter((id) => !flow.isConstant(id));
    const why = `the parameters of ${batchNorm.kind} ${JSON.stringify(node.name)} are computed`;
    for (const id of computed) flow.fix(flow.track(id), why);
    if (track?.axis === 1 && computed.length > 0) flow.fix(track, why);
    else {
      if (track?.axis === 1) parameters.forEach((_, index) => flow.follow(node, index + 1, 0, track.sets));
      carries(flow, node);
    }
  },
  cast: carries,
  compare: fixes('compares them with others'),
  concat: transferConcat,
  conv2d: transferConv2d,
  elementwise: transferElementwise,
  expand: moves(expand, (flow, node, axis) => {
    const shape = flow.shape(node.inputs[0]);
    const to = axis + node.attrs.shape.length - shape.length;
    return node.attrs.shape[to] === shape[axis] ? to : undefined;
  }),
  gather: (flow, node) =>
    flow.fix(flow.track(node.inputs[0]), `${gather.kind} ${JSON.stringify(node.name)} picks of them`),
  matmul: transferMatmul,
  normalize: fixes('normalises them'),
  pad: moves(pad, (_, { attrs }, axis) => {
    const added = [attrs.before[axis], attrs.after[axis], attrs.between?.[axis] ?? 0];
    return added.every((extra) => extra === 0) ? axis : undefined;
  }),
  pool2d: moves(pool2d, (_flow, _node, axis) => (axis === 1 ? axis : undefined)),
  reduce: (flow, node) => {
    const track = flow.track(node.inputs[0]);
    const { axes, keepDims } = node.attrs;
    // A reduction over the channels takes them in any order.
    if (track === undefined || axes.includes(track.axis)) return;
    const before = axes.filter((axis) => axis < track.axis).length;
    flow.carry(node.outputs[0], { ...track, axis: keepDims ? track.axis : track.axis - before });
  },
  relayout: carries,
  resample: moves(resample, (_, { attrs }, axis) => (attrs.axis === axis ? undefined : axis)),
  reshape: moves(reshape, (flow, node, axis) => sameAxis(flow.shape(node.inputs[0]), node.attrs.shape, axis)),
  scan: moves(scan, (_, { attrs }, axis) => (attrs.axis === axis ? undefined : axis)),
  scatter: fixes('writes into them'),
  // Extents do not depend on the order.
  shapeOf: () => undefined,
  slice: moves(slice, (flow, { inputs, attrs }, axis) => {
    const whole =
      attrs.starts[axis] === 0 && attrs.steps[axis] === 1 && attrs.sizes[axis] === flow.shape(inputs[0])[axis];
    return whole ? axis : undefined;
  }),
  softmax: moves(softmax, (_, { attrs }, axis) => (attrs.axis === axis ? undefined : axis)),
  split: transferSplit,
  topk: moves(topk, (_, { attrs }, axis) => (attrs.axis === axis ? undefined : axis)),
  transpose: moves(transpose, (_, { attrs }, axis) => attrs.perm.indexOf(axis)),
  where: fixes('chooses between them and others'),
};

/** The axis of `to` that has the elements of `axis` of `from` and nothing else, before and after it as many. */
function sameAxis(from: readonly number[], to: readonly number[], axis: number): number | undefined {
  const product = (shape: readonly number[]): number => shape.reduce((all, extent) => all * extent, 1);
  const before = product(from.slice(0, axis));
  const found = to.findIndex((extent, at) => extent === from[axis] && product(to.slice(0, at)) === before);
  return found < 0 ? undefined : found;
}

/** Joined along their channels, values keep them set by set; joined along another axis, they meet. */
function transferConcat(flow: ChannelFlow, node: Node<AttrsOf<'concat'>>): void {
  const { axis } = node.attrs;
  const tracks = node.inputs.map((id) => flow.track(id));
  const leader = tracks.find((track) => track !== undefined);
  if (leader === undefined) return;
  const why = `${concat.kind} ${JSON.stringify(node.name)} joins them with others`;
  if (leader.axis === axis && tracks.every((track) => track === undefined || track.axis === axis)) {
    const sets = node.inputs.flatMap((id, index) => tracks[index]?.sets ?? [unmoved(flow, flow.shape(id)[axis] ?? 0)]);
    flow.carry(node.outputs[0], { axis, sets });
  } else if (tracks.every((track) => track !== undefined && track.axis === leader.axis && track.axis !== axis)) {
    for (const track of tracks) if (track !== undefined) flow.tie(leader, track, why);
    flow.carry(node.outputs[0], leader);
  } else for (const track of tracks) flow.fix(track, why);
}

/** Channels of a value that cannot move. */
function unmoved(flow: ChannelFlow, extent: number): number {
  const set = flow.sets.create(extent);
  flow.sets.fix(set, 'no layer makes them');
  return set;
}

/** Cut between sets, channels go where they belong; cut within one, they stay. */
function transferSplit(flow: ChannelFlow, node: Node<AttrsOf<'split'>>): void {
  const track = flow.track(node.inputs[0]);
  if (track === undefined) return;
  const { axis, sizes } = node.attrs;
  if (track.axis !== axis) for (const id of node.outputs) flow.carry(id, track);
  else {
    const parts = cutSets(flow, track, sizes);
    if (parts === undefined) flow.fix(track, `${split.kind} ${JSON.stringify(node.name)} cuts between them`);
    else node.outputs.forEach((id, index) => flow.carry(id, { axis, sets: parts[index] ?? [] }));
  }
}

function cutSets(
  flow: ChannelFlow,
  track: Track,
  sizes: readonly number[],
): readonly (readonly number[])[] | undefined {
  const left = [...track.sets];
  const parts: number[][] = [];
  for (const size of sizes) {
    const part: number[] = [];
    let taken = 0;
    while (taken < size) {
      const set = left.shift();
      if (set === undefined) return undefined;
      taken += flow.sets.extent(set);
      part.push(set);
    }
    if (taken > size) return undefined;
    parts.push(part);
  }
  return parts;
}
