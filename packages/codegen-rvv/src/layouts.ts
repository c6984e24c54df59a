import {
  channelMajor,
  concat,
  conv2d,
  elementwise,
  inputOf,
  isOp,
  isPlain,
  matmul,
  onPitch,
  outputOf,
  pool2d,
  positionBlocks,
  positionCount,
  reduce,
  relayout,
  rowMajor,
  sameShape,
  shapeOf,
  split,
  stepOperand,
  typeAt,
  type EpilogueStep,
  type Graph,
  type Layout,
  type LayoutPolicy,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import type { Target } from '@ait-rvv/codegen-core';
import { channelWalk, placeOperand } from './epilogue.js';
import type { Pitches } from './pitched.js';

/** Register groups of two fill a block on the machine we tune for: room for 14 rows of them and two loaded ones. */
const BLOCK_LMUL = 2;

/** Where pictures lie. */
export type PictureLayout = (type: TensorType) => Layout;

/** Channel-major pictures, in blocks of positions where they fill one (docs/adr/0002). */
export function blockedPictures({ tuneVlen }: Target): PictureLayout {
  const block = (BLOCK_LMUL * tuneVlen) / 32;
  return ({ shape, dtype }) =>
    shape.length === 4 && dtype === 'f32' && positionCount(shape) >= block
      ? channelMajor(4, 1, block)
      : channelMajor(shape.length);
}

/** Pictures as `picture` says, but for those of `pitched`, whose rows lie on a zero-padded pitch (docs/adr/0019). */
export function rvvLayouts(picture: PictureLayout, pitched: (graph: Graph) => Pitches): LayoutPolicy {
  return {
    image: (graph, id) => {
      const pitch = pitched(graph).get(id);
      return pitch === undefined ? picture(typeAt(graph, id)) : onPitch(pitch);
    },
    reads: (graph, node, input, layout) => reads(graph, node, input, layout, picture),
    follows: (graph, node, layout) =>
      isPlain(layout) || (layout.block !== undefined && followsBlocks(graph, node, layout)),
  };
}

/** Whether a kernel takes the input of a node as it lies. */
function reads(graph: Graph, node: Node, input: number, layout: Layout, picture: PictureLayout): boolean {
  const type = { ...typeAt(graph, inputOf(node, input)), layout };
  if (isOp(node, relayout) || isOp(node, shapeOf)) return true;
  // Only what takes rows on a pitch is ever offered them.
  if (layout.pitch !== undefined) return isOp(node, conv2d);
  // A matrix product reads its left-hand side one scalar at a time, in any order.
  if (isOp(node, matmul)) return input === 0 && type.shape.length === 2 && isPlain(layout);
  if (isOp(node, reduce)) return isPlain(layout) || reducesPositions(type, node.attrs.axes);
  if (isOp(node, pool2d)) return positionBlocks(type.shape, layout) !== undefined;
  if (!isOp(node, conv2d)) return false;
  if (input === 0) return positionBlocks(type.shape, layout) !== undefined;
  const step = node.attrs.epilogue.find((one) => stepOperand(one) === input);
  const result = typeAt(graph, outputOf(node));
  return step !== undefined && placeable(step, type, { ...result, layout: picture(result) });
}

/** All axes after the channels: a mean or maximum of each channel of each picture. */
export function reducesPositions({ shape, layout }: TensorType, axes: readonly number[]): boolean {
  const spatial = axes.length === shape.length - 2 && axes.every((axis, index) => axis === index + 2);
  return spatial && positionBlocks(shape, layout) !== undefined;
}

/** Whether a kernel runs a node that follows its inputs in position-blocked memory. */
function followsBlocks(graph: Graph, node: Node, layout: Layout): boolean {
  if (isOp(node, concat) || isOp(node, split)) return node.attrs.axis === 1;
  if (!isOp(node, elementwise)) return false;
  const result = { ...typeAt(graph, outputOf(node)), layout };
  const lies = (id: number): TensorType => {
    const type = typeAt(graph, id);
    const inBlocks = sameShape(type.shape, result.shape);
    return { ...type, layout: inBlocks ? layout : rowMajor(type.shape.length) };
  };
  if (!sameShape(typeAt(graph, inputOf(node)).shape, result.shape)) return false;
  return node.attrs.epilogue.every((step) => {
    const operand = stepOperand(step);
    return operand === undefined || placeable(step, lies(inputOf(node, operand)), result);
  });
}

function placeable(step: EpilogueStep, operand: TensorType, result: TensorType): boolean {
  return placeOperand(step, operand, result, channelWalk(result.shape.length)) !== undefined;
}
