import { conv2dWindow, elementCount, type Node } from '@ait-rvv/ir';
import { defineKernel, type Kernel, type Mismatch, type SelectContext } from '@ait-rvv/codegen-core';
import type { PanelLayout } from '../blocking.js';
import type { OperandView } from '../packing.js';
import type { ConvMatch } from './conv.js';
import { leaveOut, type PackedMatch } from './conv-kept.js';
import {
  copyCycles,
  im2colCycles,
  matchPacked,
  packedInstance,
  rowShare,
  windowsView,
  type MatchPacked,
} from './conv-packed.js';
import { dims, nearProducts, productCycles, products, type Product } from './product.js';

/**
 * Convolutions whose windows overlap along a row, packed as memory-efficient convolution does (Cho and Brand 2017): the taps
 * of a kernel row share one run of input columns, each from another element on. See templates/shared/mec.njk.
 */
function keepingTogether(kernel: 'conv_mec' | 'conv_mec_kept', match: MatchPacked): Kernel {
  return defineKernel<PackedMatch, Product>({
    id: kernel,
    match,
    candidates: (match, target) =>
      products(match, target, { panelOf: (strip) => panelOf(match, strip) }).filter(
        ({ strip }) => rowShare(match, strip) > 0,
      ),
    variations: (match, tile) => nearProducts(match, tile).filter(({ kBlock }) => kBlock % unitOf(match) === 0),
    cost: (match, parameters, target) => productCycles(match, parameters, target) + packing(match, parameters),
    emit: (match, parameters) =>
      packedInstance(match, parameters, { kernel, windows: panelView(match, parameters.strip) }),
  });
}

function matchWindows(node: Node, context: SelectContext): PackedMatch | Mismatch {
  const match = matchPacked(node, context);
  if ('reason' in match) return match;
  const { kernel, stride, dilation } = horizontal(match);
  if (kernel <= stride) return { reason: 'its windows do not overlap along a row' };
  return stride > 1 && dilation > 1 ? { reason: 'its taps skip phases of the stride' } : match;
}

export const convMec = keepingTogether('conv_mec', matchWindows);

/** Pruned ones: channels are not packed for kernel rows of which no tile keeps a tap of theirs. */
export const convMecKept = keepingTogether('conv_mec_kept', (node, context) =>
  leaveOut(matchWindows(node, context), 'windows'),
);

function horizontal({ weightShape, node }: ConvMatch) {
  return conv2dWindow(weightShape, node.attrs, 1);
}

/** Columns that share what they read: those of a kernel row. A K block has all of them or none. */
function unitOf({ weightShape: [, channels = 1, , kernel = 1] }: ConvMatch): number {
  return channels * kernel;
}

/** Elements of a channel's run for `strip` positions, for each phase of the stride. */
function pitchOf(match: ConvMatch, strip: number): number {
  const { kernel, stride, dilation } = horizontal(match);
  return strip + Math.floor(((kernel - 1) * dilation) / stride);
}

/** A panel of windows: [kernel row][phase][channels][pitch], of the channels that are packed. */
function panelView(match: PackedMatch, strip: number): OperandView {
  const [, channels = 1] = match.weightShape;
  const { stride } = horizontal(match);
  const pitch = pitchOf(match, strip);
  const windows = match.kept?.windows;
  if (windows === undefined) {
    return windowsView(match, (channel, row, phase) => ((row * stride + phase) * channels + channel) * pitch);
  }
  const { below } = windows;
  return windowsView(match, (channel, row, phase, { group, first }) => {
    const firstRow = first / unitOf(match);
    const [begin, line] = [firstRow * channels, (firstRow + row) * channels];
    const before = below(group, line) - below(group, begin);
    const own = below(group, line + channels) - below(group, line);
    return (before * stride + phase * own + below(group, line + channel) - below(group, line)) * pitch;
  });
}

/** A panel of windows where a strip lies in one row, else one of im2col; the next strip finds it in the first-level cache. */
function panelOf(match: PackedMatch, strip: number): PanelLayout {
  const share = rowShare(match, strip);
  const columnBytes = share * windowBytes(match, strip) + (1 - share) * columnBytesOf(match, strip);
  return { columnBytes, unit: unitOf(match), roundBytes: 0 };
}

/** Part of the channels under kernel rows that is packed. */
function windowShare({ kept }: PackedMatch): number {
  return kept?.windows?.share ?? 1;
}

/** Bytes of a column in a panel of windows, as its part of what it shares and of what is packed. */
function windowBytes(match: PackedMatch, strip: number): number {
  const { stride, kernel } = horizontal(match);
  return (windowShare(match) * stride * pitchOf(match, strip) * 4) / kernel;
}

/** The same in a panel of im2col. */
function columnBytesOf({ kept }: PackedMatch, strip: number): number {
  return (kept?.columns.share ?? 1) * strip * 4;
}

/** Bytes of a first-level cache, and cycles of a line of a panel that has left it. */
const CACHE_BYTES = 26 * 1024;
const LINE_AGAIN = 3;

/** Cycles of packing a strip, and of reading its panel again for every tile whose weights drive it out. */
function packing(match: PackedMatch, tile: Product): number {
  const { groups, rows, depth, kept, positions } = dims(match);
  const { strip, kBlock, s, t } = tile;
  const { kernel, stride } = horizontal(match);
  const lines = elementCount(match.weightShape.slice(2)) / kernel;
  const share = rowShare(match, strip);
  const tiles = Math.ceil(rows / t) * (depth / kBlock);
  const again = (bytes: number): number =>
    s * bytes + (t * 4 * kBlock * kept) / depth > CACHE_BYTES ? (tiles * LINE_AGAIN * bytes) / 64 : 0;
  const copied = { runs: (depth / kernel) * stride, lines: lines * stride, rows: 1, share: windowShare(match) };
  const windows = copyCycles(match, tile, copied) + again(kBlock * windowBytes(match, strip));
  const columns = im2colCycles(match, tile) + again(kBlock * columnBytesOf(match, strip));
  return groups * Math.ceil(positions / strip) * (share * windows + (1 - share) * columns);
}
