import { conv2dWindow, elementCount } from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import type { PanelLayout } from '../blocking.js';
import type { OperandView } from '../packing.js';
import type { ConvMatch } from './conv.js';
import { copyCycles, im2colCycles, matchPacked, packedInstance, rowShare, windowsView } from './conv-packed.js';
import { dims, nearProducts, productCycles, products, type Product } from './product.js';

/**
 * Convolutions whose windows overlap along a row, packed as memory-efficient convolution does (Cho and Brand 2017): the taps
 * of a kernel row share one run of input columns, each from another element on. See templates/shared/mec.njk.
 */
export const convMec = defineKernel<ConvMatch, Product>({
  id: 'conv_mec',
  match(node, context) {
    const match = matchPacked(node, context);
    if ('reason' in match) return match;
    const { kernel, stride, dilation } = horizontal(match);
    if (kernel <= stride) return { reason: 'its windows do not overlap along a row' };
    return stride > 1 && dilation > 1 ? { reason: 'its taps skip phases of the stride' } : match;
  },
  candidates: (match, target) =>
    products(match, target, { panelOf: (strip) => panelOf(match, strip) }).filter(
      ({ strip }) => rowShare(match, strip) > 0,
    ),
  variations: (match, tile) => nearProducts(match, tile).filter(({ kBlock }) => kBlock % unitOf(match) === 0),
  cost: (match, parameters, target) => productCycles(match, parameters, target) + packing(match, parameters),
  emit: (match, parameters) =>
    packedInstance(match, parameters, { kernel: 'conv_mec', windows: panelView(match, parameters.strip) }),
});

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

/** A panel of windows: [kernel row][phase][channels][pitch]. */
function panelView(match: ConvMatch, strip: number): OperandView {
  const [, channels = 1] = match.weightShape;
  const { stride } = horizontal(match);
  const pitch = pitchOf(match, strip);
  return windowsView(match, (channel, row, phase) => ((row * stride + phase) * channels + channel) * pitch);
}

/** A panel of windows where a strip lies in one row, else one of im2col; the next strip finds it in the first-level cache. */
function panelOf(match: ConvMatch, strip: number): PanelLayout {
  const share = rowShare(match, strip);
  const columnBytes = share * windowBytes(match, strip) + (1 - share) * strip * 4;
  return { columnBytes, unit: unitOf(match), roundBytes: 0 };
}

/** Bytes of a column in a panel of windows: its part of what it shares. */
function windowBytes(match: ConvMatch, strip: number): number {
  const { stride, kernel } = horizontal(match);
  return (stride * pitchOf(match, strip) * 4) / kernel;
}

/** Bytes of a first-level cache, and cycles of a line of a panel that has left it. */
const CACHE_BYTES = 26 * 1024;
const LINE_AGAIN = 3;

/** Cycles of packing a strip, and of reading its panel again for every tile whose weights drive it out. */
function packing(match: ConvMatch, tile: Product): number {
  const { groups, rows, depth, kept, positions } = dims(match);
  const { strip, kBlock, s, t } = tile;
  const { kernel, stride } = horizontal(match);
  const lines = elementCount(match.weightShape.slice(2)) / kernel;
  const share = rowShare(match, strip);
  const tiles = Math.ceil(rows / t) * (depth / kBlock);
  const again = (bytes: number): number =>
    s * bytes + (t * 4 * kBlock * kept) / depth > CACHE_BYTES ? (tiles * LINE_AGAIN * bytes) / 64 : 0;
  const windows =
    copyCycles(match, tile, (depth / kernel) * stride, lines * stride) + again(kBlock * windowBytes(match, strip));
  const columns = im2colCycles(match, tile) + again(kBlock * strip * 4);
  return groups * Math.ceil(positions / strip) * (share * windows + (1 - share) * columns);
}
