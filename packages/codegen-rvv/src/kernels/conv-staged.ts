import { conv2dWindow } from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import type { PanelLayout } from '../blocking.js';
import type { ConvMatch } from './conv.js';
import { matchPacked, packedInstance, rowShare, windowsView } from './conv-packed.js';
import { dims, nearProducts, productCycles, products, type Product } from './product.js';

/** Convolutions of few channels from a band of padded lines: see templates/shared/staged.njk. */
export const convStaged = defineKernel<ConvMatch, Product>({
  id: 'conv_staged',
  match(node, context) {
    const match = matchPacked(node, context);
    if ('reason' in match) return match;
    const [, channels = 1] = match.weightShape;
    return channels > MOST_STAGED ? { reason: `${channels} channels are too many to be loaded line by line` } : match;
  },
  candidates: (match, target) => products(match, target, { panelOf: (strip) => panelOf(match, strip) }),
  variations: (match, tile) => nearProducts(match, tile).filter(({ kBlock }) => kBlock === tile.kBlock),
  cost(match, parameters, target) {
    const { groups, depth, positions } = dims(match);
    const packed = (1 - rowShare(match, parameters.strip)) * Math.ceil(positions / parameters.strip);
    const rounds = Math.ceil(positions / parameters.strip / parameters.roundStrips);
    const packing = packed * depth * COLUMN + rounds * bandOf(match, parameters).elements;
    return productCycles(match, parameters, target) + groups * packing;
  },
  emit(match, parameters) {
    const band = bandOf(match, parameters);
    return packedInstance(match, parameters, {
      kernel: 'conv_staged',
      stage: dims(match).depth + band.elements,
      bandLines: band.lines,
      packs: rowShare(match, parameters.strip) < 1,
      windows: band.view,
    });
  },
});

/** Cycles of copying a column of a strip from the band, where it has no bounds. */
const COLUMN = 9;

/** Most channels of a band: each is a stream of its own, and caches follow only a few. */
const MOST_STAGED = 4;

/**
 * Columns lie in the band all at once, which is small: a strip has its share of new lines, beside which there must be room
 * for what it writes, and its panel where it needs one.
 */
function panelOf(match: ConvMatch, strip: number): PanelLayout {
  const { depth } = dims(match);
  const [, channels = 1] = match.weightShape;
  const [stride] = match.node.attrs.strides;
  const newBytes = (4 * channels * stride * lineOf(match).row * strip) / (match.y.shape[3] ?? 1);
  return { columnBytes: (1 - rowShare(match, strip)) * strip * 4 + (4 * newBytes) / depth, unit: depth };
}

/** Elements of one phase of a line, and of all of it. */
function lineOf({ node, y, weightShape }: ConvMatch): { readonly pitch: number; readonly row: number } {
  const { kernel, dilation, stride } = conv2dWindow(weightShape, node.attrs, 1);
  const pitch = (y.shape[3] ?? 1) + Math.floor(((kernel - 1) * dilation) / stride);
  return { pitch, row: stride * pitch };
}

/** What a round of strips reads: [channels][lines][phases of the stride][pitch]. */
function bandOf(match: ConvMatch, { roundStrips, strip }: Product) {
  const { node, x, y, weightShape } = match;
  const vertical = conv2dWindow(weightShape, node.attrs, 0);
  const [, channels = 1] = weightShape;
  const [, , height = 1, width = 1] = y.shape;
  const positionsOfRound = roundStrips * strip;
  const reach = (vertical.kernel - 1) * vertical.dilation + 1;
  // Runs of positions that begin anywhere: the output lines, and the ends of pictures, they can touch.
  const outLines = Math.floor((positionsOfRound + width - 2) / width) + 1;
  const ends = Math.min((x.shape[0] ?? 1) - 1, Math.floor((positionsOfRound + height * width - 2) / (height * width)));
  const lines = (outLines - 1) * vertical.stride + reach + ends * Math.max(0, reach - vertical.stride);
  const { pitch, row } = lineOf(match);
  const view = windowsView(
    match,
    (channel, kernelRow, phase) => (channel * lines + kernelRow * vertical.dilation) * row + phase * pitch,
  );
  return { lines, elements: channels * lines * row, view };
}
