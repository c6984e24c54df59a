import type { ProductTile } from './tiles.js';

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

/** Cycles of a vector load of `l` registers, as a part of its group's size. */
const LOAD = 2.15;

/**
 * The same for a tile of `t` rows over `s` strips, whose loads overlap its multiply-adds where a vector is free to be
 * loaded ahead: always with several strips, with one if there is room for a second vector.
 */
export function productTileCycles(
  rows: number,
  depth: number,
  positions: number,
  { t, s, l }: ProductTile,
  vlen: number,
): number {
  const strips = Math.ceil(positions / ((vlen / 32) * l));
  const tile = (height: number): number => {
    const multiply = height * s * l;
    const issue = (height * (s + 1) + 2 * s + 2) / 2;
    const ahead = s > 1 || (height + 2) * l <= 32;
    const step = Math.max(multiply, issue, LOAD * s * l) + (ahead ? 0.5 : LOAD * l + 2);
    // Sums are set to zero, go through the epilogue and are stored.
    return depth * step + 10 * height * s * l + 30;
  };
  const full = Math.floor(rows / t);
  return Math.ceil(strips / s) * (full * tile(t) + (rows % t === 0 ? 0 : tile(rows % t)));
}
