import {
  conv2d,
  elementCount,
  inputOf,
  isDepthwise,
  isOp,
  isPointwise,
  normalize,
  outputOf,
  stepOperand,
  typeAt,
  valueAt,
  type CanFuse,
  type CanPrepare,
  type CanStage,
  type Conv2dAttrs,
  type EpilogueStep,
  type Graph,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { channelWalk, placeOperand, rowWalk } from './epilogue.js';
import type { PictureLayout } from './layouts.js';

/** Whether a kernel can apply the step while the result is in registers; layouts are not assigned yet. */
export function canFuse(picture: PictureLayout): CanFuse {
  return (graph, node, step) => {
    const index = stepOperand(step);
    if (index === undefined) return true;
    // The normalisation walks its operands wherever they lie.
    if (isOp(node, normalize)) return true;
    const result = typeAt(graph, outputOf(node));
    const operand = typeAt(graph, inputOf(node, index));
    const constant = valueAt(graph, inputOf(node, index)).constant !== undefined;
    if (!isOp(node, conv2d)) return placeOperand(step, operand, result, rowWalk(result.shape.length)) !== undefined;
    // Layout assignment will store computed pictures as the policy says; constants stay as they are.
    const image = { ...result, layout: picture(result) };
    const stored = constant || operand.shape.length !== 4 ? operand : { ...operand, layout: picture(operand) };
    return placeOperand(step, stored, image, channelWalk(4)) !== undefined;
  };
}

/** Whether the kernel of prologues takes the steps: each without operand, or with a constant for every channel. */
export function canPrepare(picture: PictureLayout): CanPrepare {
  return (graph, conv, chain) => {
    const weight = valueAt(graph, inputOf(conv, 1));
    const x = typeAt(graph, inputOf(chain));
    if (x.dtype !== 'f32' || x.shape.length !== 4 || weight.constant === undefined) return false;
    if (!isPointwise(conv.attrs, weight.type.shape)) return false;
    const image = { ...x, layout: picture(x) };
    return chain.attrs.epilogue.every((step) => isRowStep(graph, chain, step, image));
  };
}

/** Threads that share a second-level cache; more of them wait for memory rather than for each other. */
const CLUSTER = 4;

/** Bytes of a depthwise result that is worth keeping out of memory. */
const STAGED_BYTES = 1024 * 1024;

/** Output rows of a picture that are enough for several rounds, which load the lines between them twice. */
const STAGED_ROWS = 28;

/**
 * Whether the kernel of separable convolutions takes both, and it pays (docs/adr/0018): what several clusters of threads have
 * to wait for is memory, whereas fewer threads lose more by the lines that two rounds load than they gain; and so do windows
 * that skip positions, whose result is the smallest part of what they move.
 */
export function canStage(threads: number): CanStage {
  return (graph, conv, depthwise) => {
    const result = typeAt(graph, outputOf(depthwise));
    const pays =
      threads > CLUSTER &&
      depthwise.attrs.strides.every((stride) => stride === 1) &&
      (result.shape[2] ?? 1) >= STAGED_ROWS &&
      elementCount(result.shape) * 4 > STAGED_BYTES;
    return (
      pays &&
      isSeparable(graph, conv, depthwise) &&
      depthwise.attrs.epilogue.every((step) => isRowStep(graph, depthwise, step, result))
    );
  };
}

/** A depthwise convolution with one filter a channel, and a 1x1 one; only the weight of the latter may be pruned. */
function isSeparable(graph: Graph, conv: Node<Conv2dAttrs>, depthwise: Node<Conv2dAttrs>): boolean {
  const [x, taps] = [typeAt(graph, inputOf(depthwise)), valueAt(graph, inputOf(depthwise, 1))];
  const weight = valueAt(graph, inputOf(conv, 1));
  const isFirst =
    isDepthwise(x, depthwise.attrs) && taps.type.shape[0] === x.shape[1] && taps.constant?.kind === 'dense';
  const isSecond = isPointwise(conv.attrs, weight.type.shape) && conv.attrs.groups === 1;
  return x.dtype === 'f32' && weight.constant !== undefined && isFirst && isSecond;
}

/** Whether the step of a node has no operand, or a constant for every channel of `type`. */
function isRowStep(graph: Graph, node: Node, step: EpilogueStep, type: TensorType): boolean {
  const index = stepOperand(step);
  if (index === undefined) return true;
  const operand = valueAt(graph, inputOf(node, index));
  return operand.constant !== undefined && placeOperand(step, operand.type, type, channelWalk(4))?.operand === 'row';
}
