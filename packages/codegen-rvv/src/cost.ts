import type { Blocking } from './blocking.js';
import type { RowTiles } from './row-tiles.js';
import type { ProductTile, Tile } from './tiles.js';

/**
 * Rough cycles of one in-order core with VLEN-bit registers: good enough to rank candidates before anything is
 * measured. Per inner step T multiply-adds of L registers each, one load of about 2.15·L cycles that does not overlap
 * them, and a scalar load a weight, two of which issue per cycle (method, section 3).
 */
export function gemmCycles(rows: number, depth: number, positions: number, t: number, l: number, vlen: number): number {
  const lanes = (vlen / 32) * l;
  const strips = Math.ceil(positions / lanes);
  // A step issues a scalar load and a multiply-add a row, and about four instructions around them, two a cycle.
  const issue = (height: number): number => height + 2;
  const tile = (height: number): number => depth * (Math.max(height * l, issue(height)) + 2.15 * l) + 4 * height * l;
  const full = Math.floor(rows / t);
  return strips * (full * tile(t) + (rows % t === 0 ? 0 : tile(rows % t)));
}

/** Weights that a cache does not hold from one inference to the next, and cycles of a line of them that is streamed in. */
const CACHED_BYTES = 384 * 1024;
const STREAMED_LINE = 16;

/** Cycles below which a layer of one or few positions cannot end, however little it does with each of its weights. */
export function weightStreamCycles(bytes: number): number {
  return bytes > CACHED_BYTES ? (bytes / 64) * STREAMED_LINE : 0;
}

/** Cycles of one matrix product of kernel matmul; constant right-hand sides are streamed in. */
export function matmulCycles(
  { m, k, n }: { readonly m: number; readonly k: number; readonly n: number },
  { t, l }: Tile,
  vlen: number,
  constant: boolean,
): number {
  return Math.max(gemmCycles(m, k, n, t, l, vlen), constant ? weightStreamCycles(k * n * 4) : 0);
}

/** Cycles of a vector load of `l` registers, as a part of its group's size. */
const LOAD = 2.15;

/** Cycles of a sum that is loaded and stored between K blocks, as a part of its group's size. */
const SUMS = 4.4;

/** How much longer multiply-adds of single registers take than their units do: nothing hides what they wait for. */
const SINGLE_REGISTERS = 1.09;

/** Most positions that are done by themselves, and what one takes, as a part of a strip. */
const MOST_LONE = 4;
const LONE_POSITION = 0.2;

/** Cycles of finding where the next kept row of the operand lies, where no second vector hides them. */
const LOOK_UP = 3;

/** Cycles of a line of weights that comes from the second-level cache for every set of strips, as far as nothing hides them. */
const WEIGHT_LINE = 1;

/** Bytes of weights of one K block that stay in the first-level cache from one set of strips to the next. */
const RESIDENT_BYTES = 16 * 1024;

/** Cycles of a line that is read by itself, not as part of a stream, beyond a hit: between those of L2 and of memory. */
const LONE_LINE = 40;

/** The same of a strip so short that its lines, and those of the next, are neighbours: gaps hardly break the stream. */
const NEAR_LINE = 12;
const NEAR_CHANNELS = 48;

/** A product as a kernel runs it. */
export interface ProductWork {
  /** Columns that are multiplied with, and those they are chosen from. */
  readonly kept: number;
  readonly depth: number;
  readonly positions: number;
  readonly tile: ProductTile;
  readonly rows: RowTiles;
  readonly blocking: Pick<Blocking, 'kBlock' | 'rowTiles'>;
}

/**
 * The same for tiles of rows over `s` strips, whose loads overlap its multiply-adds where a vector is free to be loaded
 * ahead: always with several strips, with one if there is room for a second vector. Checked against measurements by
 * `npm run bench:tune`.
 */
export function productTileCycles({ kept, depth, positions, tile, rows, blocking }: ProductWork, vlen: number): number {
  const blocks = Math.ceil(depth / blocking.kBlock);
  const cycles = (height: number, s: number, l: number): number => {
    const multiply = height * s * l * (l === 1 ? SINGLE_REGISTERS : 1);
    const issue = (height * (s + 1) + 2 * s + 2) / 2;
    const doubled = s === 1 && (height + 2) * l <= 32;
    const wait = doubled ? 1 : s > 1 ? 1.3 : LOAD * l + 2;
    const lookUp = kept < depth && !doubled ? LOOK_UP : 0;
    const step = Math.max(multiply, issue, LOAD * s * l) + wait + lookUp;
    // Sums are set to zero or loaded, and stored or go through the epilogue.
    return kept * step + 10 * height * s * l + 30 + (blocks - 1) * (SUMS * height * s * l + 30);
  };
  const lower = rows.tiles - rows.tall;
  const tiles = (s: number, l: number): number =>
    rows.tall * cycles(rows.t, s, l) + (lower === 0 ? 0 : lower * cycles(rows.low, s, l));
  const { s, l } = tile;
  const { sets, singles, tails } = stripsOf(positions, vlen / 32, tile);
  const bytes = (rows.tall * rows.t + lower * rows.low) * kept * 4;
  const weights = bytes / blocks <= RESIDENT_BYTES ? 0 : (bytes / 64) * WEIGHT_LINE;
  return sets * (tiles(s, l) + weights) + singles * (tiles(1, l) + weights) + tails * (tiles(1, l / 2) + weights);
}

/**
 * Sets of full strips, and what is left: single strips, and one that fits half of a register group. A few lone positions in
 * the end are done with rows as lanes (`most_lone` in templates/shared/gemm_tile.njk). `lanes`: those of one register.
 */
function stripsOf(
  positions: number,
  lanes: number,
  { s, l }: ProductTile,
): { readonly sets: number; readonly singles: number; readonly tails: number } {
  const full = Math.floor(positions / (lanes * l));
  const rest = positions % (lanes * l);
  const sets = Math.floor(full / s);
  const halfLanes = l > 1 ? (lanes * l) / 2 : 0;
  const lone = rest <= (l > 1 ? Math.min(MOST_LONE, halfLanes / 2 - 1) : MOST_LONE);
  const half = !lone && rest <= halfLanes;
  const last = lone ? rest * LONE_POSITION : half ? 0 : 1;
  return { sets, singles: full - sets * s + last, tails: half ? 1 : 0 };
}

/**
 * What pruned columns add where they are not packed first: a kept row of the operand whose neighbours are dropped is a
 * lone line, once for every block of row tiles. Mask tiles (`masks` of them) keep rows of their own: all that any keeps count.
 */
export function loneLineCycles({ kept, depth, positions, rows, blocking }: ProductWork, masks: number): number {
  const dropped = 1 - kept / depth;
  const lines = Math.ceil((positions * 4) / 64) * depth * (1 - dropped ** masks);
  const alone = Math.min(1, 2 * dropped);
  // Later passes find some of the lines in the first-level cache.
  const passes = 1 + (Math.ceil(rows.tiles / blocking.rowTiles) - 1) / 2;
  return lines * alone * (depth <= NEAR_CHANNELS ? NEAR_LINE : LONE_LINE) * passes;
}
