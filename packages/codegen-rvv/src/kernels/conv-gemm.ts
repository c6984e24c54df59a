import { conv2dWindow, elementCount, isDepthwise, positionBlocks, type Node } from '@ait-rvv/ir';
import { defineKernel, type KernelInstance, type Mismatch, type SelectContext } from '@ait-rvv/codegen-core';
import { loneLineCycles } from '../cost.js';
import { blockParameters, positions, size, tensor } from '../fields.js';
import { convFields, matchConv, type ConvMatch } from './conv.js';
import { dims, nearProducts, productCycles, productInstance, products, workOf, type Product } from './product.js';

/** 1x1, stride 1, no padding: channels of the input are rows of the operand already, nothing is packed. */
export const convDirect1x1 = defineKernel<ConvMatch, Product>({
  id: 'gemm',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    const { attrs } = match.node;
    const [, , kh, kw] = match.weightShape;
    if (kh !== 1 || kw !== 1) return { reason: `the kernel is ${kh}x${kw}, not 1x1` };
    if (attrs.strides.some((stride) => stride !== 1))
      return { reason: `stride ${attrs.strides.join('x')} skips positions` };
    if (attrs.pads.some((extra) => extra !== 0)) return { reason: 'padding needs packing' };
    return match;
  },
  candidates: (match, target) => products(match, target, true),
  variations: nearProducts,
  cost: (match, tile, target) =>
    productCycles(match, tile, target) + match.node.attrs.groups * loneLineCycles(workOf(match, tile)),
  emit(match, parameters) {
    const { node, x, y, epilogue } = match;
    return productInstance(match, {
      family: 'gemm',
      parameters,
      pitch: positionBlocks(x.shape, x.layout)?.channel ?? 0,
      fields: [
        tensor('x', node.inputs[0]),
        positions('x_at', x, node.inputs[0]),
        tensor('y', node.outputs[0]),
        positions('y_at', y, node.outputs[0]),
        { name: 'steps', arg: epilogue.data },
      ],
      form: { parameters: {}, name: '' },
    });
  },
});

/** What both ways to pack ask for. */
function matchPacked(node: Node, context: SelectContext): ConvMatch | Mismatch {
  const match = matchConv(node, context);
  if ('reason' in match) return match;
  return isDepthwise(match.x, match.node.attrs)
    ? { reason: 'depthwise: one input channel a group leaves nothing to share' }
    : match;
}

/** Cycles to pack: `row` of them for a column of one strip, and `tap` for all columns of a tap. */
function packingCycles(match: ConvMatch, { strip }: Product, row: number, tap: number): number {
  const { groups, depth, positions: count } = dims(match);
  const taps = elementCount(match.weightShape.slice(2));
  return groups * Math.ceil(count / strip) * ((depth * row * strip) / 16 + taps * tap);
}

function packedInstance(match: ConvMatch, parameters: Product, staged: boolean): KernelInstance {
  const [, channels = 1] = match.weightShape;
  const [, stride] = match.node.attrs.strides;
  const { blocks, name } = blockParameters(match.x, match.y);
  return productInstance(match, {
    family: 'conv_gemm',
    parameters,
    pitch: parameters.strip,
    fields: [...convFields(match), size('channels', channels)],
    form: {
      parameters: { stride_w: stride, stage: staged, ...blocks },
      name: `${staged ? 'staged_' : ''}${stride === 1 ? '' : `s${stride}_`}${name}`,
    },
    stage: staged ? stageElements(match, parameters) : 0,
  });
}

/** Any convolution: strips of im2col columns are packed by the task that multiplies them. */
export const convGemm = defineKernel<ConvMatch, Product>({
  id: 'conv_gemm',
  match: matchPacked,
  candidates: (match, target) => products(match, target, false),
  variations: nearProducts,
  cost(match, parameters, target) {
    const [, stride] = match.node.attrs.strides;
    return productCycles(match, parameters, target) + packingCycles(match, parameters, stride === 1 ? 9 : 22, 100);
  },
  emit: (match, parameters) => packedInstance(match, parameters, false),
});

/** The same from a band of padded lines: see templates/shared/staged.njk. */
export const convStaged = defineKernel<ConvMatch, Product>({
  id: 'conv_staged',
  match(node, context) {
    const match = matchPacked(node, context);
    if ('reason' in match) return match;
    const [, channels = 1] = match.weightShape;
    return channels > MOST_STAGED ? { reason: `${channels} channels are too many to be packed line by line` } : match;
  },
  candidates: (match, target) => products(match, target, false),
  cost: (match, parameters, target) =>
    productCycles(match, parameters, target) +
    packingCycles(match, parameters, 9, 0) +
    stageElements(match, parameters),
  emit: (match, parameters) => packedInstance(match, parameters, true),
});

/** Most channels of a band: each is a stream of its own, and caches follow only a few. */
const MOST_STAGED = 4;

/** Elements of a round's band, and where each column begins in it. */
function stageElements({ node, x, y, weightShape }: ConvMatch, { roundStrips, strip }: Product): number {
  const [vertical, horizontal] = [conv2dWindow(weightShape, node.attrs, 0), conv2dWindow(weightShape, node.attrs, 1)];
  const [, channels = 1, ...taps] = weightShape;
  const [, , height = 1, width = 1] = y.shape;
  const positionsOfRound = roundStrips * strip;
  const reach = (vertical.kernel - 1) * vertical.dilation + 1;
  // Runs of positions that begin anywhere: the output lines, and the ends of pictures, they can touch.
  const outLines = Math.floor((positionsOfRound + width - 2) / width) + 1;
  const ends = Math.min((x.shape[0] ?? 1) - 1, Math.floor((positionsOfRound + height * width - 2) / (height * width)));
  const lines = (outLines - 1) * vertical.stride + reach + ends * Math.max(0, reach - vertical.stride);
  const pitch = width + Math.floor(((horizontal.kernel - 1) * horizontal.dilation) / horizontal.stride);
  return channels * elementCount(taps) + channels * lines * horizontal.stride * pitch;
}
