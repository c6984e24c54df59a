import {
  channelMajor,
  conv2d,
  conv2dWindow,
  isOp,
  positionBlocks,
  valueAt,
  type Conv2dAttrs,
  type ConvGeometry,
  type Graph,
  type Layout,
  type Node,
  type Shape,
  type TensorType,
  type WeightEncoding,
} from '@ait-rvv/ir';
import type { CField, Mismatch, SelectContext } from '@ait-rvv/codegen-core';
import { bindSteps, channelWalk, type BoundEpilogue } from '../epilogue.js';
import { positions, size, tensor } from '../fields.js';
import { resultFields } from '../scatter.js';

/** What every convolution kernel needs to know about a node. */
export interface ConvMatch {
  readonly node: Node<Conv2dAttrs>;
  readonly x: TensorType;
  readonly y: TensorType;
  /** [CO, CI/groups, KH, KW] */
  readonly weightShape: Shape;
  readonly weight: WeightEncoding;
  readonly epilogue: BoundEpilogue;
  /** Lanes that are multiplied, where they are not the positions of y: those between its rows, too. */
  readonly lanes?: number;
}

/** Checks what convolution kernels ask for that take their input as it is. */
export function matchConv(node: Node, context: SelectContext, results: Results = 'runs'): ConvMatch | Mismatch {
  const match = matchUnstaged(node, context, results);
  if ('reason' in match) return match;
  return match.node.attrs.prologue === undefined ? match : { reason: 'its input goes through steps first' };
}

/** Checks what those ask for that take it as it is, or through steps. */
export function matchUnstaged(node: Node, context: SelectContext, results: Results = 'runs'): ConvMatch | Mismatch {
  const match = matchPrepared(node, context, results);
  if ('reason' in match) return match;
  const { depthwise } = match.node.attrs;
  return depthwise === undefined ? match : { reason: 'its input goes through a depthwise convolution first' };
}

/** Whether a kernel stores results in runs of positions only, or on a pitch as well. */
type Results = 'runs' | 'anywhere';

/** Checks what those ask for that find the channels of pictures as runs of positions. */
export function matchPrepared(node: Node, { graph }: SelectContext, results: Results = 'runs'): ConvMatch | Mismatch {
  const match = matchConvOn(node, graph, (_, { layout }) => (layout.pitch === undefined ? layout : channelMajor(4)));
  if ('reason' in match) return match;
  const { x, y } = match;
  const inRuns = ({ shape, layout }: TensorType): boolean => positionBlocks(shape, layout) !== undefined;
  const placed = inRuns(x) && (inRuns(y) || (results === 'anywhere' && y.layout.pitch !== undefined));
  return placed ? match : { reason: 'the channels of input and output must be runs of positions' };
}

/** Checks what all convolution kernels ask for: f32 and constant weights. `walked`: how the positions lie that results are computed at. */
export function matchConvOn(
  node: Node,
  graph: Graph,
  walked: (x: TensorType, y: TensorType) => Layout,
): ConvMatch | Mismatch {
  if (!isOp(node, conv2d)) return { reason: 'takes conv2d only' };
  const [x, w, y] = [node.inputs[0] ?? -1, node.inputs[1] ?? -1, node.outputs[0] ?? -1].map((id) => valueAt(graph, id));
  if (x?.type.dtype !== 'f32') return { reason: `element type ${x?.type.dtype ?? '?'} is not supported` };
  if (w?.constant === undefined) return { reason: 'the weight is not a constant' };
  if (y === undefined) return { reason: 'no output' };
  const result = { ...y.type, layout: walked(x.type, y.type) };
  const epilogue = bindSteps(graph, node, node.attrs.epilogue, result, channelWalk(4));
  if (typeof epilogue === 'string') return { reason: epilogue };
  return { node, x: x.type, y: y.type, weightShape: w.type.shape, weight: w.constant, epilogue };
}

/** Why a convolution is none of single positions, 1x1, stride 1, no padding; undefined when it is one. */
export function pointwiseObstacle({ strides, pads }: Conv2dAttrs, weightShape: Shape): string | undefined {
  const [, , kh, kw] = weightShape;
  if (kh !== 1 || kw !== 1) return `the kernel is ${kh}x${kw}, not 1x1`;
  if (strides.some((stride) => stride !== 1)) return `stride ${strides.join('x')} skips positions`;
  return pads.some((extra) => extra !== 0) ? 'padding needs packing' : undefined;
}

/** The fields of a convolution's pictures. */
export function pictureFields({ node, x, y }: ConvMatch): CField[] {
  return [
    tensor('x', node.inputs[0]),
    positions('x_at', x, node.inputs[0]),
    ...resultFields(y, node.outputs[0]),
    size('height', x.shape[2] ?? 1),
    size('width', x.shape[3] ?? 1),
    size('out_height', y.shape[2] ?? 1),
    size('out_width', y.shape[3] ?? 1),
  ];
}

/** The fields every windowed convolution's arguments share. */
export function convFields(match: ConvMatch): CField[] {
  const { node, weightShape, epilogue } = match;
  return [
    ...pictureFields(match),
    ...windowFields(weightShape, node.attrs),
    ...paddingFields(weightShape, node.attrs),
    { name: 'steps', arg: epilogue.data },
  ];
}

/** The fields of a window with weights of this shape. */
export function windowFields(weight: Shape, geometry: ConvGeometry): CField[] {
  const [vertical, horizontal] = [conv2dWindow(weight, geometry, 0), conv2dWindow(weight, geometry, 1)];
  return [
    size('kernel_h', vertical.kernel),
    size('kernel_w', horizontal.kernel),
    size('stride_h', vertical.stride),
    size('stride_w', horizontal.stride),
    size('dilation_h', vertical.dilation),
    size('dilation_w', horizontal.dilation),
  ];
}

/** The fields of its padding. */
export function paddingFields(weight: Shape, geometry: ConvGeometry): CField[] {
  return [
    size('pad_top', conv2dWindow(weight, geometry, 0).padBegin),
    size('pad_left', conv2dWindow(weight, geometry, 1).padBegin),
  ];
}
