import { positionBlocks } from '@ait-rvv/ir';
import type { Mismatch, PackedWeights } from '@ait-rvv/codegen-core';
import { keptReads, packReads, type KeptReads } from '../kept-reads.js';
import type { OperandView } from '../packing.js';
import type { ConvMatch } from './conv.js';
import { dims } from './product.js';

/** A convolution whose operand is packed: all of it, or what some tile keeps. */
export interface PackedMatch extends ConvMatch {
  readonly kept?: {
    /** Columns of im2col. */
    readonly columns: KeptReads;
    /** Channels under kernel rows, for a kernel that keeps the windows of a row together. */
    readonly windows?: KeptReads;
  };
}

/** Leaving out less than this part of what is packed never saves what lists of the rest cost. */
const LEAST_LEFT_OUT = 0.05;

/** A pruned convolution of which no tile keeps some of the columns, or of the channels under kernel rows. */
export function leaveOut(match: ConvMatch | Mismatch, way: 'columns' | 'windows'): PackedMatch | Mismatch {
  if ('reason' in match) return match;
  const { weight, weightShape } = match;
  if (weight.kind === 'dense') return { reason: 'its weight keeps every column' };
  const { groups, rows } = dims(match);
  const [, channels = 1, height = 1, width = 1] = weightShape;
  const columns = keptReads(weight, { groups, rows, channels, lines: height * width, taps: 1 });
  const windows =
    way === 'windows' ? keptReads(weight, { groups, rows, channels, lines: height, taps: width }) : undefined;
  const { share } = windows ?? columns;
  return share > 1 - LEAST_LEFT_OUT
    ? { reason: 'nearly all that is packed is kept by some tile' }
    : { ...match, kept: windows === undefined ? { columns } : { columns, windows } };
}

/** Where columns lie in a panel of those that some tile keeps, `strip` elements each. */
export function keptColumnsView({ below }: KeptReads, strip: number): OperandView {
  return (row, { group, first }) => (below(group, first + row) - below(group, first)) * strip * 4;
}

/** The lists a kernel packs by; none where it packs everything. */
export function listsOf(match: PackedMatch, kBlock: number): PackedWeights | undefined {
  const { node, x, kept } = match;
  if (kept === undefined) return undefined;
  const pitch = positionBlocks(x.shape, x.layout)?.channel ?? 0;
  const ways = [kept.columns, ...(kept.windows === undefined ? [] : [kept.windows])];
  return packReads(node.name, ways, { depth: dims(match).depth, kBlock, pitch });
}
