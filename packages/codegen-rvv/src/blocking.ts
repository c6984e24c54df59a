import type { Target } from '@ait-rvv/codegen-core';
import type { Tile } from './tiles.js';

/**
 * How a product kernel goes through its operands; see templates/shared/gemm_args.njk.
 *
 * - `strip`: lanes of one pass, those of the tile's register group on the machine we tune for;
 * - `kBlock`: columns of the depth taken at a time;
 * - `taskTiles`, `taskStrips`: row tiles and strips of one task;
 * - `rowTiles`: row tiles whose weights stay in cache from strip to strip.
 */
export interface Blocking extends Readonly<Record<string, number>> {
  readonly strip: number;
  readonly kBlock: number;
  readonly taskTiles: number;
  readonly taskStrips: number;
  readonly rowTiles: number;
}

/** Extents of one product of `[rows][depth]` with `[depth][positions]`; of pruned weights `kept` columns count. */
export interface ProductDims {
  readonly groups: number;
  readonly rows: number;
  readonly depth: number;
  readonly kept: number;
  readonly positions: number;
}

/** Bytes of an operand panel that leave room for weights and sums in a first-level cache of 32 KiB. */
const PANEL_BYTES = 20 * 1024;

/** Bytes of weights, and of panels, that stay in a second-level cache of 512 KiB beside each other. */
const SHARED_BYTES = 128 * 1024;

/** Tasks a layer is cut into where that costs little, so that a handful of threads find work. */
const TASKS_WANTED = 16;

/** A blocking that suits the caches of the machine; the profile may know better ones. */
export function blockProduct(dims: ProductDims, { t, l }: Tile, { tuneVlen }: Target): Blocking {
  const { groups, rows, depth, kept, positions } = dims;
  const strip = (l * tuneVlen) / 32;
  const kBlock = evenly(depth, Math.max(1, Math.floor(PANEL_BYTES / (strip * 4))));
  const tiles = Math.ceil(rows / t);
  const strips = Math.ceil(positions / strip);
  // Weights that do not stay in cache are read once for several strips.
  const share = rows * kept * 4 > SHARED_BYTES ? Math.floor(SHARED_BYTES / (kBlock * strip * 4)) : 1;
  const taskStrips = Math.max(1, Math.min(share, strips, Math.ceil((groups * strips) / TASKS_WANTED)));
  const chunks = Math.min(tiles, Math.ceil(TASKS_WANTED / (groups * Math.ceil(strips / taskStrips))));
  const taskTiles = Math.ceil(tiles / chunks);
  const tileBytes = (t * kBlock * 4 * kept) / depth;
  const rowTiles = Math.max(1, Math.min(taskTiles, Math.floor(SHARED_BYTES / tileBytes)));
  return { strip, kBlock, taskTiles, taskStrips, rowTiles };
}

/** The largest part of at most `most` that cuts `whole` into equal parts, the last one maybe a little smaller. */
function evenly(whole: number, most: number): number {
  return Math.ceil(whole / Math.ceil(whole / most));
}
