import type { Target } from '@ait-rvv/codegen-core';
import type { LinearMatch } from './pruned-linear.js';
import type { Tile } from './tiles.js';

/*
 * Instructions that fully connected layers take, counted in the compiled kernels and checked against what programs
 * execute. They say which ways to compute a pruned layer are worth offering: pruning must not make a layer dearer, and
 * where caches hide what more instructions cost on one core, another one shows it.
 */

/** What decides about a layer's instructions. */
export interface LinearWork {
  readonly positions: number;
  readonly outputs: number;
  readonly depth: number;
  /** Inputs an output keeps, and outputs that share them. */
  readonly kept: number;
  readonly tileRows: number;
}

/** Heights of tiles of at most `most` rows. */
function heights(rows: number, most: number): readonly number[] {
  const full = new Array<number>(Math.floor(rows / most)).fill(most);
  return rows % most === 0 ? full : [...full, rows % most];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Lanes of a register group. */
function lanesOf(l: number, { tuneVlen }: Target): number {
  return (tuneVlen / 32) * l;
}

/** Kernel matmul: a row's scalar is loaded from an address of its own. Its panels are those of 256-bit registers. */
export function matmulInstructions({ positions, outputs, depth }: LinearWork, { t, l }: Tile): number {
  const strips = Math.ceil(outputs / (8 * l));
  return strips * sum(heights(positions, t).map((rows) => 67 + 16 * rows + depth * (3 * rows + 4)));
}

/** Kernel linear: as matmul, and an offset is loaded for every row of the weights. */
export function linearInstructions(work: LinearWork, { t, l }: Tile, target: Target): number {
  const strips = sum(heights(work.outputs, work.tileRows).map((width) => Math.ceil(width / lanesOf(l, target))));
  return strips * sum(heights(work.positions, t).map((rows) => 55 + 17 * rows + work.kept * (3 * rows + 6)));
}

/** Kernel linear_dot: the kept inputs are gathered for each tile of the mask, then `t` outputs at a time are summed up. */
export function linearDotInstructions(
  { positions, outputs, tileRows, kept }: LinearWork,
  { t, l }: Tile,
  target: Target,
): number {
  const chunks = Math.ceil(kept / lanesOf(l, target));
  const gather = 57 + 12 * Math.ceil(kept / lanesOf(8, target));
  const dots = (height: number): number => 8 + 12 * height + chunks * (6 + 3.5 * height);
  const tiles = heights(outputs, tileRows).map(
    (rows) => gather + Math.floor(rows / t) * dots(t) + (rows % t) * dots(1),
  );
  return positions * sum(tiles);
}

/** How kernel linear_panel goes through a layer. */
export interface PanelWay {
  /** Row tiles, and lanes of a strip. */
  readonly tiles: number;
  readonly strip: number;
  readonly kBlock: number;
  /** Most positions that are taken one by one. */
  readonly few: number;
}

/** Kernel linear_panel: vectors of positions, or a few positions with the outputs of a tile as lanes. */
export function linearPanelInstructions(work: LinearWork, way: PanelWay, target: Target): number {
  const { positions, outputs, depth, kept } = work;
  const { tiles, strip, kBlock, few } = way;
  const blocks = Math.ceil(depth / kBlock);
  const moved = positions * (20 * blocks * Math.ceil(kBlock / lanesOf(8, target)) + 33 * Math.ceil(outputs / 32));
  const strips = heights(positions, strip).map((lanes) =>
    lanes <= few
      ? tiles * (blocks * (135 + 2 * lanes) + kept * (2 * lanes + 6)) + (lanes <= 4 ? 18 * outputs : 0)
      : blocks * (39 * tiles + 10 * outputs) + kept * (5.5 * tiles + 2 * outputs),
  );
  return 300 + moved + sum(strips);
}

export function workOf({ rows, outputs, depth, weight }: LinearMatch): LinearWork {
  return { positions: rows, outputs, depth, kept: weight.values.shape[1] ?? 0, tileRows: weight.tileRows };
}
