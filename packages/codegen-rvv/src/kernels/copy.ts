import {
  concat,
  expand,
  isOp,
  layoutStrides,
  relayout,
  slice,
  split,
  typeAt,
  type DType,
  type Graph,
  type Node,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { concatOffsets, defineKernel, type KernelCall, type KernelInstance } from '@ait-rvv/codegen-core';
import { sizes, tensor } from '../fields.js';
import { collapseLoops, padLoops, type Loops } from '../loops.js';
import { kernelSource } from '../sources.js';

/** One strided copy: from where in which tensor to where in which, over which box. */
interface Move {
  readonly from: ValueId;
  readonly fromOffset: number;
  readonly to: ValueId;
  readonly toOffset: number;
  readonly loops: Loops;
  /** Byte offset in `to` when the move places a whole value contiguously, so that placement can make it unnecessary. */
  readonly placed?: number;
}

interface CopyMatch {
  readonly dtype: DType;
  readonly moves: readonly Move[];
}

/** Everything that only moves elements by strides: layout changes, slices, splits, joins, broadcasts. */
export const copyKernel = defineKernel<CopyMatch, Record<string, never>>({
  id: 'copy',
  match(node, { graph }) {
    const moves = movesOf(graph, node);
    if (moves === undefined) return { reason: 'takes relayout, concat, split, slice and expand only' };
    const walked = moves.flatMap((move) => {
      const loops = padLoops(collapseLoops(move.loops), 6);
      return loops === undefined ? [] : [{ ...move, loops }];
    });
    return walked.length === moves.length
      ? { dtype: typeAt(graph, node.outputs[0] ?? -1).dtype, moves: walked }
      : { reason: 'moves along more axes than the kernel walks' };
  },
  candidates: () => [{}],
  cost: ({ moves }) =>
    moves.reduce((sum, move) => sum + move.loops.extents.reduce((product, extent) => product * extent, 1), 0),
  emit: emitCopy,
});

function movesOf(graph: Graph, node: Node): readonly Move[] | undefined {
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

function emitCopy({ dtype, moves }: CopyMatch): KernelInstance {
  const source = kernelSource({ dtype, family: 'copy', variant: '', epilogue: [], parameters: {} });
  const calls = moves
    .filter((move) => !move.loops.extents.includes(0))
    .map((move): KernelCall => {
      const call = {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          tensor('x', move.from, move.fromOffset),
          tensor('y', move.to, move.toOffset),
          sizes('dims', move.loops.extents),
          sizes('x_stride', move.loops.strides[0] ?? []),
          sizes('y_stride', move.loops.strides[1] ?? []),
        ],
      };
      return move.placed === undefined
        ? call
        : { ...call, copies: { from: move.from, to: move.to, byteOffset: move.placed } };
    });
  return { kernel: 'copy', parameters: {}, calls, sources: [source], scratch: [], weights: [], inPlace: [] };
}
