import {
  conv2d,
  conv2dWindow,
  isDepthwise,
  isOp,
  layoutStrides,
  sameMemory,
  channelMajor,
  typeAt,
  valueAt,
  weightView,
  type Conv2dAttrs,
  type Node,
  type Tensor,
  type TensorType,
} from '@ait-rvv/ir';
import {
  defineKernel,
  type CField,
  type KernelInstance,
  type Mismatch,
  type SelectContext,
} from '@ait-rvv/codegen-core';
import { gemmCycles } from '../cost.js';
import { bindEpilogue, channelWalk, type BoundEpilogue } from '../epilogue.js';
import { fitsEpilogue } from '../limits.js';
import { packTiles } from '../packing.js';
import { kernelSource } from '../sources.js';
import { TILES, type Tile } from '../tiles.js';

/** What every convolution kernel needs to know about a node. */
export interface ConvMatch {
  readonly node: Node<Conv2dAttrs>;
  readonly x: TensorType;
  readonly y: TensorType;
  readonly weight: Tensor;
  readonly epilogue: BoundEpilogue;
}

/** Checks what all convolution kernels ask for: f32, constant dense weights, channel-major pictures. */
export function matchConv(node: Node, { graph }: SelectContext): ConvMatch | Mismatch {
  if (!isOp(node, conv2d)) return { reason: 'takes conv2d only' };
  const [x, w, y] = [node.inputs[0] ?? -1, node.inputs[1] ?? -1, node.outputs[0] ?? -1].map((id) => valueAt(graph, id));
  if (x?.type.dtype !== 'f32') return { reason: `element type ${x?.type.dtype ?? '?'} is not supported` };
  if (w?.constant?.kind !== 'dense') return { reason: 'the weight is not a constant' };
  if (y === undefined) return { reason: 'no output' };
  for (const { type } of [x, y]) {
    if (!sameMemory(type.shape, type.layout, channelMajor(4)))
      return { reason: 'input and output must be channel-major' };
  }
  const epilogue = bindEpilogue(graph, node, channelWalk(4));
  if (typeof epilogue === 'string') return { reason: epilogue };
  return { node, x: x.type, y: y.type, weight: w.constant.tensor, epilogue };
}

/** The fields every convolution's arguments share. */
export function convFields({ node, x, y, weight, epilogue }: ConvMatch): CField[] {
  const [vertical, horizontal] = [conv2dWindow(weight.shape, node.attrs, 0), conv2dWindow(weight.shape, node.attrs, 1)];
  const size = (name: string, value: number): CField => ({ name, arg: { kind: 'size', value } });
  return [
    { name: 'x', arg: { kind: 'value', value: node.inputs[0] ?? -1 } },
    { name: 'w', arg: { kind: 'packed', index: 0 } },
    { name: 'y', arg: { kind: 'value', value: node.outputs[0] ?? -1 } },
    size('batch', x.shape[0] ?? 1),
    size('height', x.shape[2] ?? 1),
    size('width', x.shape[3] ?? 1),
    size('out_height', y.shape[2] ?? 1),
    size('out_width', y.shape[3] ?? 1),
    size('kernel_h', vertical.kernel),
    size('kernel_w', horizontal.kernel),
    size('stride_h', vertical.stride),
    size('stride_w', horizontal.stride),
    size('dilation_h', vertical.dilation),
    size('dilation_w', horizontal.dilation),
    size('pad_top', vertical.padBegin),
    size('pad_left', horizontal.padBegin),
    size('x_channel', channelStride(x)),
    size('y_channel', channelStride(y)),
    { name: 'steps', arg: epilogue.data },
  ];
}

/** Elements from one channel to the next. */
export function channelStride(type: TensorType): number {
  return layoutStrides(type.shape, channelMajor(type.shape.length))[1] ?? 1;
}

/** Inputs the output may overwrite: lane operands of the epilogue, read right where the result is stored. */
export function laneOperands(node: Node<Conv2dAttrs>, epilogue: BoundEpilogue): readonly number[] {
  return node.attrs.epilogue.flatMap((step, index) =>
    epilogue.steps[index]?.operand === 'lane' && 'operand' in step ? [step.operand] : [],
  );
}

function gemmCandidates(match: ConvMatch): readonly Tile[] {
  return TILES.gemm.filter(({ t, l }) => fitsEpilogue(t, l, match.epilogue.steps));
}

function dims({ node, weight, y }: ConvMatch): { groups: number; rows: number; depth: number; positions: number } {
  const [co = 1, channels = 1, kh = 1, kw = 1] = weight.shape;
  const { groups } = node.attrs;
  const positions = (y.shape[0] ?? 1) * (y.shape[2] ?? 1) * (y.shape[3] ?? 1);
  return { groups, rows: co / groups, depth: channels * kh * kw, positions };
}

function gemmCost(match: ConvMatch, { t, l }: Tile, vlen: number): number {
  const { groups, rows, depth, positions } = dims(match);
  return groups * gemmCycles(rows, depth, positions, t, l, vlen);
}

/** Row tiles a task takes: all of them unless that leaves too few tasks for a handful of threads. */
function taskTiles(rows: number, positions: number, { t, l }: Tile): number {
  const tiles = Math.ceil(rows / t);
  // Counted for the widest machine we test, so that the grid is fine enough on all of them.
  const panels = Math.ceil(positions / (32 * l));
  const chunks = Math.min(tiles, Math.ceil(TASKS_WANTED / panels));
  return Math.ceil(tiles / chunks);
}

const TASKS_WANTED = 16;

function gemmInstance(kernel: 'conv_gemm' | 'gemm', match: ConvMatch, parameters: Tile): KernelInstance {
  const { t, l } = parameters;
  const { node, weight, epilogue } = match;
  const { groups, rows, depth, positions } = dims(match);
  const [, channels = 1] = weight.shape;
  const scratchParameters = kernel === 'conv_gemm' ? 1 : 0;
  const source = kernelSource({
    family: kernel,
    variant: `${t}x${l}v`,
    epilogue: epilogue.steps,
    parameters: { t, l },
    scratchParameters,
  });
  const size = (name: string, value: number): CField => ({ name, arg: { kind: 'size', value } });
  const grid = [size('groups', groups), size('rows', rows), size('task_tiles', taskTiles(rows, positions, parameters))];
  const shared = convFields(match);
  const pick = (...names: string[]): CField[] => shared.filter((field) => names.includes(field.name));
  const args =
    kernel === 'gemm'
      ? [
          ...pick('x', 'w', 'y', 'x_channel', 'y_channel', 'steps'),
          ...grid,
          size('depth', depth),
          size('positions', positions),
        ]
      : [...shared, ...grid, size('channels', channels)];
  return {
    kernel,
    parameters,
    calls: [{ symbol: source.symbol, argsType: source.argsType, args }],
    sources: [source],
    scratch: kernel === 'gemm' ? [] : [{ symbol: source.symbol, args: [depth] }],
    weights: [
      {
        name: node.name,
        bytes: weight.data.byteLength,
        pack: () =>
          packTiles(weight.data as Float32Array, { groups, rows, depth, index: weightView(weight.shape, 0).index }, t),
      },
    ],
    inPlace: laneOperands(node, epilogue),
  };
}

/** 1x1, stride 1, no padding: rows of the input are channels already, nothing is packed. */
export const convDirect1x1 = defineKernel<ConvMatch, Tile>({
  id: 'gemm',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    const { attrs } = match.node;
    const [, , kh, kw] = match.weight.shape;
    if (kh !== 1 || kw !== 1) return { reason: `the kernel is ${kh}x${kw}, not 1x1` };
    if (attrs.strides.some((stride) => stride !== 1))
      return { reason: `stride ${attrs.strides.join('x')} skips positions` };
    if (attrs.pads.some((extra) => extra !== 0)) return { reason: 'padding needs packing' };
    return match;
  },
  candidates: gemmCandidates,
  cost: (match, parameters, target) => gemmCost(match, parameters, target.tuneVlen),
  emit: (match, parameters) => gemmInstance('gemm', match, parameters),
});

/** Any convolution: panels of im2col columns are packed by the task that multiplies them. */
export const convGemm = defineKernel<ConvMatch, Tile>({
  id: 'conv_gemm',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    if (isDepthwise(typeAt(context.graph, match.node.inputs[0] ?? -1), match.node.attrs)) {
      return { reason: 'depthwise: one input channel a group leaves nothing to share' };
    }
    return match;
  },
  candidates: gemmCandidates,
  cost(match, parameters, target) {
    const { groups, rows, depth, positions } = dims(match);
    // Packing: a load and a store of every panel element, shared by all rows.
    const packing = (groups * depth * positions * 5) / (target.tuneVlen / 32);
    return gemmCost(match, parameters, target.tuneVlen) + packing + rows;
  },
  emit: (match, parameters) => gemmInstance('conv_gemm', match, parameters),
});
