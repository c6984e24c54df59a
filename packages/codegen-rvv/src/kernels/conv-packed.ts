import { conv2dWindow, elementCount, isDepthwise, type Node } from '@ait-rvv/ir';
import type { KernelInstance, Mismatch, SelectContext } from '@ait-rvv/codegen-core';
import { blockParameters, size } from '../fields.js';
import { evenRows, type OperandView, type Place } from '../packing.js';
import { convFields, matchConv, type ConvMatch } from './conv.js';
import { keptColumnsView, listsOf, type PackedMatch } from './conv-kept.js';
import { wayFromRuns, wayName } from '../scatter.js';
import { dims, productInstance, type Product } from './product.js';

/** What all ways to pack ask for. */
export function matchPacked(node: Node, context: SelectContext): ConvMatch | Mismatch {
  const match = matchConv(node, context, 'anywhere');
  if ('reason' in match) return match;
  return isDepthwise(match.x, match.node.attrs)
    ? { reason: 'depthwise: one input channel a group leaves nothing to share' }
    : match;
}

/** How a packed kernel's nodes are recognised. */
export type MatchPacked = (node: Node, context: SelectContext) => PackedMatch | Mismatch;

/**
 * Cycles of copying one run of a strip of 16 positions from one channel to a panel, memory included: where it is a strip of
 * the input, where it lies anywhere in a line, and where it skips columns. Runs of longer strips cost more, but not in
 * proportion: they begin and end as often.
 */
const RUN = { whole: 12, near: 30, strided: 66 } as const;

/** Cycles of finding the bounds of a line. */
const LINE = 100;

/** Cycles of going on in another row of the picture. */
const NEXT_ROW = 9;

/** Cycles of finding a run in a list. */
const LISTED = 3;

/**
 * Cycles a run takes longer where the one before it in memory is left out, so that its lines are no stream any more: those of
 * pictures that the second-level cache holds, and of larger ones.
 */
const LONE = { near: 16, far: 42 } as const;
const NEAR_BYTES = 256 * 1024;

/** What is packed for a strip: `runs` of them from `lines` lines, each in so many rows of the picture. */
interface Copied {
  readonly runs: number;
  readonly lines: number;
  readonly rows: number;
  /** The part of the runs that is packed. */
  readonly share: number;
}

/** Cycles of packing a strip. */
export function copyCycles(
  { node, weightShape, x }: ConvMatch,
  { strip }: Product,
  { runs, lines, rows, share }: Copied,
): number {
  const { kernel, stride, padBegin } = conv2dWindow(weightShape, node.attrs, 1);
  const kind = stride > 1 ? 'strided' : kernel === 1 && padBegin === 0 ? 'whole' : 'near';
  const lone = elementCount(x.shape) * 4 <= NEAR_BYTES ? LONE.near : LONE.far;
  const cycles = (RUN[kind] * (strip + 16)) / 32 + (rows - 1) * NEXT_ROW;
  return runs * share * (cycles + (share < 1 ? rows * (LISTED + (1 - share) * lone) : 0)) + lines * LINE;
}

/** Cycles of packing a strip by im2col: a run for each column that is packed. */
export function im2colCycles(match: PackedMatch, tile: Product): number {
  const { share = 1 } = match.kept?.columns ?? {};
  const lines = elementCount(match.weightShape.slice(2));
  const rows = 1 + tile.strip / (match.y.shape[3] ?? 1);
  return copyCycles(match, tile, { runs: dims(match).depth, lines, rows, share });
}

/** Share of the strips that lie in one output row. */
export function rowShare({ y }: ConvMatch, strip: number): number {
  const [count = 1, , height = 1, width = 1] = y.shape;
  if (count * height * width < strip) return 0;
  // Where strips begin in their rows comes round after `width` of them.
  const begins = Array.from({ length: width }, (_, index) => (index * strip) % width);
  return begins.filter((at) => at + strip <= width).length / width;
}

/**
 * Where columns lie when the windows of a row are kept together, dealt to the phases of the stride: `line` is the first
 * element of a channel's line under a kernel row in one phase.
 */
export function windowsView(
  { node, weightShape }: ConvMatch,
  line: (channel: number, kernelRow: number, phase: number, place: Place) => number,
): OperandView {
  const [, channels = 1] = weightShape;
  const { kernel, stride, dilation } = conv2dWindow(weightShape, node.attrs, 1);
  return (column, place) => {
    const tap = Math.floor(column / channels);
    const shift = (tap % kernel) * dilation;
    const first = line(column % channels, Math.floor(tap / kernel), shift % stride, place);
    return 4 * (first + Math.floor(shift / stride));
  };
}

/** How kernels pack, as their template knows it. */
const WAYS = {
  conv_gemm: '',
  conv_gemm_kept: '',
  conv_staged: 'staged',
  conv_mec: 'mec',
  conv_mec_kept: 'mec',
} as const;

/** How the operand of a packed convolution is made. */
interface Packing {
  readonly kernel: keyof typeof WAYS;
  /** Elements of scratch, and lines, of a round's band, where there is one. */
  readonly stage?: number;
  readonly bandLines?: number;
  /** Whether any strip is packed; default true. */
  readonly packs?: boolean;
  /** How the rows of a strip in one output row lie, where they are not packed as others are. */
  readonly windows?: OperandView;
}

export function packedInstance(
  match: PackedMatch,
  parameters: Product,
  { kernel, stage = 0, bandLines = 0, packs = true, windows }: Packing,
): KernelInstance {
  const { strip, kBlock, roundStrips } = parameters;
  const [, channels = 1] = match.weightShape;
  const [, stride] = match.node.attrs.strides;
  const { blocks, name } = blockParameters(match.x, match.y);
  const { kept } = match;
  const [way, listed] = [WAYS[kernel], kept !== undefined];
  const reads = listsOf(match, kBlock);
  const columns = kept === undefined ? evenRows(strip) : keptColumnsView(kept.columns, strip);
  const results = wayFromRuns(match.y);
  return productInstance(match, {
    family: 'conv_gemm',
    kernel,
    parameters,
    views: [columns, ...(windows === undefined ? [] : [windows])],
    fields: (viewOffsets) => [
      ...convFields(match),
      size('channels', channels),
      size('windows', viewOffsets),
      size('stage', stage),
      size('band_lines', bandLines),
    ],
    scatters: results !== 'runs',
    ...(reads === undefined ? {} : { reads }),
    form: {
      parameters: { stride_w: stride, way, listed, y_way: results, ...blocks },
      name: `${way === '' ? '' : `${way}_`}${listed ? 'kept_' : ''}${stride === 1 ? '' : `s${stride}_`}${name}${wayName(results)}`,
    },
    panels: stage + (packs ? roundStrips * kBlock * strip : 0),
  });
}
