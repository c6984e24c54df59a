import type { Target } from '@ait-rvv/codegen-core';
import type { RowTiles } from './row-tiles.js';
import type { ProductTile } from './tiles.js';

/**
 * How a product kernel goes through its operands; see templates/shared/gemm_args.njk.
 *
 * - `strip`: lanes of one pass, those of the tile's register group on the machine we tune for;
 * - `kBlock`: columns of the depth taken at a time;
 * - `roundStrips`: strips whose sums and packed operands lie in memory at a time;
 * - `rowTiles`: row tiles whose weights stay in cache from strip to strip.
 */
export interface Blocking extends Readonly<Record<string, number>> {
  readonly strip: number;
  readonly kBlock: number;
  readonly roundStrips: number;
  readonly rowTiles: number;
}

/** Extents of one product of `[rows][depth]` with `[depth][positions]`; of pruned weights `kept` columns count. */
export interface ProductDims {
  readonly groups: number;
  readonly rows: number;
  readonly depth: number;
  readonly kept: number;
  /** Rows that share their kept columns; 0 where all columns are kept. */
  readonly maskRows: number;
  readonly positions: number;
}

/** How columns lie in packed panels. */
export interface PanelLayout {
  /** Bytes of a column, as a part of a panel that holds `unit` of them or a multiple: those that share what they read. */
  readonly columnBytes: number;
  readonly unit: number;
  /** Bytes of the panels and sums of a round: as many as suit the second-level cache, or 0 for one panel at a time. */
  readonly roundBytes?: number;
}

/**
 * Bytes of a tile's operand panels and of its weights for a K block, together, that a first-level cache of 32 KiB holds
 * beside sums and what passes through. Found by measuring.
 */
const TILE_BYTES = 23 * 1024;

/**
 * The same where kept columns are looked up line by line: a line that has left the cache is a lone one then, which takes
 * longer to come back, and weights count three times.
 */
const PRUNED_TILE_BYTES = 22 * 1024;

/** Bytes of weights, and of panels and sums of a round, that stay in a second-level cache of 512 KiB beside each other. */
const WEIGHT_BYTES = 320 * 1024;
const ROUND_BYTES = 192 * 1024;

/** The same where kept columns are looked up: what has left the cache takes longer to come back there, too. */
const PRUNED_ROUND_BYTES = 96 * 1024;

/** A blocking that suits the caches of the machine; the profile may know better ones. */
export function blockProduct(
  { rows, depth, kept, maskRows, positions }: ProductDims,
  { s, l }: ProductTile,
  { t, tiles }: RowTiles,
  { tuneVlen }: Target,
  panelOf = (strip: number): PanelLayout => ({ columnBytes: strip * 4, unit: 1 }),
): Blocking {
  const strip = (l * tuneVlen) / 32;
  const { columnBytes, unit, roundBytes = kept < depth ? PRUNED_ROUND_BYTES : ROUND_BYTES } = panelOf(strip);
  // Low tiles of one mask tile follow each other through the same lines: what they read between them counts.
  const [panelBytes, weightBytes] = [s * columnBytes, (Math.max(t, maskRows) * 4 * kept) / depth];
  const most =
    kept < depth ? PRUNED_TILE_BYTES / (panelBytes + 3 * weightBytes) : TILE_BYTES / (panelBytes + weightBytes);
  const kBlock = unit * evenly(depth / unit, Math.max(1, Math.floor(most / unit)));
  const strips = Math.ceil(positions / strip);
  const stripBytes = kBlock * columnBytes + (kBlock < depth ? rows * strip * 4 : 0);
  const round = s * Math.max(1, Math.floor(roundBytes / (stripBytes * s)));
  const roundStrips = s * evenly(Math.ceil(strips / s), round / s);
  const tileBytes = (t * kBlock * 4 * kept) / depth;
  return { strip, kBlock, roundStrips, rowTiles: evenly(tiles, Math.max(1, Math.floor(WEIGHT_BYTES / tileBytes))) };
}

/** The largest part of at most `most` that cuts `whole` into equal parts, the last one maybe a little smaller. */
function evenly(whole: number, most: number): number {
  return Math.ceil(whole / Math.ceil(whole / most));
}

/** Other ways through the same operands: a longer and a shorter K block, longer and shorter rounds, all or half of the tiles. */
export function nearBlockings(
  blocking: Blocking,
  { depth, positions }: ProductDims,
  { s }: ProductTile,
  { tiles }: RowTiles,
): readonly Blocking[] {
  const { strip, kBlock, roundStrips, rowTiles } = blocking;
  const strips = s * Math.ceil(Math.ceil(positions / strip) / s);
  const rounds = (count: number): number => s * Math.max(1, Math.min(strips / s, Math.round(count / s)));
  const near = [
    { ...blocking, kBlock: Math.min(depth, 2 * kBlock) },
    { ...blocking, kBlock: Math.ceil(kBlock / 2) },
    { ...blocking, roundStrips: rounds(2 * roundStrips) },
    { ...blocking, roundStrips: rounds(roundStrips / 2) },
    { ...blocking, rowTiles: tiles },
    { ...blocking, rowTiles: Math.ceil(rowTiles / 2) },
  ];
  const same = (a: Blocking, b: Blocking): boolean => Object.keys(a).every((name) => a[name] === b[name]);
  return near.filter((one, index) => ![blocking, ...near.slice(0, index)].some((other) => same(one, other)));
}
