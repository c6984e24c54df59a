import {
  concat,
  expand,
  isOp,
  layoutStrides,
  relayout,
  slice,
  split,
  typeAt,
  type Graph,
  type Node,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { sizes, tensor } from './fields.js';
import type { CField, KernelCall, KernelSource } from './kernel.js';
import { collapseLoops, padLoops, type Loops } from './loops.js';
import { concatOffsets } from './view.js';

/** One strided copy: from where in which tensor to where in which, over which box. */
export interface Move {
  readonly from: ValueId;
  readonly fromOffset: number;
  readonly to: ValueId;
  readonly toOffset: number;
  readonly loops: Loops;
  /** Byte offset in `to` when the move places a whole value contiguously, so that placement can make it unnecessary. */
  readonly placed?: number;
}

/** The moves as walks of just `count` loops; undefined when one of them takes more. */
export function walkMoves(moves: readonly Move[], count: number): readonly Move[] | undefined {
  const walked = moves.flatMap((move) => {
    const loops = padLoops(collapseLoops(move.loops), count);
    return loops === undefined ? [] : [{ ...move, loops }];
  });
  return walked.length === moves.length ? walked : undefined;
}

/** Elements the moves touch. */
export function movedElements(moves: readonly Move[]): number {
  return moves.reduce((sum, { loops }) => sum + loops.extents.reduce((product, extent) => product * extent, 1), 0);
}

/** The calls of a strided copy kernel, one per move that moves anything. */
export function moveCalls(
  moves: readonly Move[],
  { symbol, argsType }: Pick<KernelSource, 'symbol' | 'argsType'>,
  further: readonly CField[] = [],
): readonly KernelCall[] {
  return moves
    .filter((move) => !move.loops.extents.includes(0))
    .map((move) => {
      const args = [
        tensor('x', move.from, move.fromOffset),
        tensor('y', move.to, move.toOffset),
        sizes('dims', move.loops.extents),
        sizes('x_stride', move.loops.strides[0] ?? []),
        sizes('y_stride', move.loops.strides[1] ?? []),
        ...further,
      ];
      return move.placed === undefined
        ? { symbol, argsType, args }
        : { symbol, argsType, args, copies: { from: move.from, to: move.to, byteOffset: move.placed } };
    });
}

/** The strided copies a node is; undefined for one that does more than move elements by strides. */
export function movesOf(graph: Graph, node: Node): readonly Move[] | undefined {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  if (isOp(node, relayout)) {
    const [from, to] = [typeAt(graph, input), typeAt(graph, output)];
    return [
      {
        from: input,
        fromOffset: 0,
        to: output,
        toOffset: 0,
        loops: boxLoops(to, strides(from), strides(to), to.shape),
      },
    ];
  }
  if (isOp(node, slice)) {
    const [from, to] = [typeAt(graph, input), typeAt(graph, output)];
    const own = strides(from);
    const steps = own.map((stride, axis) => stride * (node.attrs.steps[axis] ?? 1));
    return [
      {
        from: input,
        fromOffset: dot(node.attrs.starts, own),
        to: output,
        toOffset: 0,
        loops: boxLoops(to, steps, strides(to), to.shape),
      },
    ];
  }
  if (isOp(node, expand)) {
    const [from, to] = [typeAt(graph, input), typeAt(graph, output)];
    const lead = to.shape.length - from.shape.length;
    const own = strides(from);
    const repeated = to.shape.map((_, axis) =>
      axis < lead || from.shape[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0),
    );
    return [
      { from: input, fromOffset: 0, to: output, toOffset: 0, loops: boxLoops(to, repeated, strides(to), to.shape) },
    ];
  }
  if (isOp(node, split)) return splitMoves(graph, node, node.attrs.axis, node.attrs.sizes);
  return isOp(node, concat) ? concatMoves(graph, node, node.attrs.axis) : undefined;
}

function splitMoves(graph: Graph, node: Node, axis: number, parts: readonly number[]): readonly Move[] {
  const from = node.inputs[0] ?? -1;
  const own = strides(typeAt(graph, from));
  let start = 0;
  return node.outputs.map((to, index) => {
    const type = typeAt(graph, to);
    const move = {
      from,
      fromOffset: start * (own[axis] ?? 1),
      to,
      toOffset: 0,
      loops: boxLoops(type, own, strides(type), type.shape),
    };
    start += parts[index] ?? 0;
    return move;
  });
}

function concatMoves(graph: Graph, node: Node, axis: number): readonly Move[] {
  const to = node.outputs[0] ?? -1;
  const own = strides(typeAt(graph, to));
  const placed = concatOffsets(graph, node);
  let start = 0;
  return node.inputs.map((from, index) => {
    const type = typeAt(graph, from);
    const loops = boxLoops(type, strides(type), own, type.shape);
    const offset = placed?.[index];
    const move = { from, fromOffset: 0, to, toOffset: start * (own[axis] ?? 1), loops };
    start += type.shape[axis] ?? 0;
    return offset === undefined ? move : { ...move, placed: offset };
  });
}

function strides(type: TensorType): readonly number[] {
  return layoutStrides(type.shape, type.layout);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, axis) => sum + value * (b[axis] ?? 0), 0);
}

/** Loops over a box in the memory order of `type`. */
function boxLoops(type: TensorType, from: readonly number[], to: readonly number[], shape: readonly number[]): Loops {
  const { order } = type.layout;
  const inOrder = (values: readonly number[]): number[] => order.map((axis) => values[axis] ?? 0);
  return { extents: inOrder(shape), strides: [inOrder(from), inOrder(to)] };
}
