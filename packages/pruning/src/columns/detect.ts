import type { ColumnNMEncoding, RowAxis, Tensor } from '@ait-rvv/ir';
import { encodeColumns } from './column-nm.js';
import { groupsOf, keptColumns, type ColumnGroup, type Sparsity } from './sparsity.js';
import { countWithin, hasColumn, sparsePattern, unionOfRows, type ZeroPattern } from './zero-pattern.js';

/**
 * The column-wise N:M form of a dense weight, found from its zeros; undefined when some row has none.
 *
 * There is one canonical answer. A tile needs the columns that any of its rows has; `kept(T)` is the most that any tile
 * of T rows needs. Rows alone need least, so T is the largest height with kept(T) = kept(1): taller tiles would have to
 * keep columns for their neighbours. M is the smallest for which some N keeps as many columns and every group of every
 * tile fits into them. Where a tile needs fewer, the lowest absent columns fill up, so that decoding gives the weight
 * back bit for bit.
 *
 * @param groups of a convolution: a tile does not reach across them
 */
export function detectColumns(weight: Tensor, rowAxis: RowAxis, groups = 1): ColumnNMEncoding | undefined {
  if (weight.dtype !== 'f32') return undefined;
  const pattern = sparsePattern(weight, rowAxis);
  if (pattern === undefined) return undefined;
  // A weight of nothing but zeros keeps one column: there is no N of 0.
  const kept = Math.max(1, mostNeeded(pattern, 1, pattern.depth) ?? pattern.depth);
  const tileRows = tallestTile(pattern, kept, groups);
  const unions = tileUnions(pattern, tileRows);
  const sparsity = smallestGroup(pattern.depth, unions, kept);
  return encodeColumns(weight, { ...sparsity, tileRows, rowAxis, columns: fill(unions, sparsity, pattern.depth) });
}

/** The most columns a tile of `tileRows` needs; undefined when that is more than `limit`. */
function mostNeeded(pattern: ZeroPattern, tileRows: number, limit: number): number | undefined {
  const union = new Int32Array(pattern.words);
  let most = 0;
  for (let first = 0; first < pattern.rows; first += tileRows) {
    most = Math.max(most, unionOfRows(pattern, first, Math.min(pattern.rows, first + tileRows), union));
    if (most > limit) return undefined;
  }
  return most;
}

function tallestTile(pattern: ZeroPattern, kept: number, groups: number): number {
  const perGroup = pattern.rows / groups;
  for (let tileRows = perGroup; tileRows > 1; tileRows--) {
    const aligned = groups === 1 || perGroup % tileRows === 0;
    if (aligned && mostNeeded(pattern, tileRows, kept) !== undefined) return tileRows;
  }
  return 1;
}

function tileUnions(pattern: ZeroPattern, tileRows: number): Int32Array[] {
  return Array.from({ length: Math.ceil(pattern.rows / tileRows) }, (_, tile) => {
    const union = new Int32Array(pattern.words);
    unionOfRows(pattern, tile * tileRows, Math.min(pattern.rows, (tile + 1) * tileRows), union);
    return union;
  });
}

function smallestGroup(depth: number, unions: readonly Int32Array[], kept: number): Sparsity {
  for (let m = 2; m < depth; m++) {
    const sparsity = { n: groupShare(depth, m, kept), m };
    if (keptColumns(sparsity, depth) !== kept) continue;
    const columnGroups = groupsOf(sparsity, depth);
    if (unions.every((union) => fits(union, columnGroups))) return sparsity;
  }
  return { n: kept, m: depth };
}

/** The only N that can keep `kept` of `depth` in groups of `m`: what is kept grows with N by whole groups. */
function groupShare(depth: number, m: number, kept: number): number {
  return Math.max(1, Math.floor((kept * m) / depth));
}

function fits(union: Int32Array, groups: readonly ColumnGroup[]): boolean {
  return groups.every(({ begin, end, kept }) => countWithin(union, begin, end) <= kept);
}

/** The columns of every tile: those it needs, and in each group as many absent ones as its N leaves room for. */
function fill(unions: readonly Int32Array[], sparsity: Sparsity, depth: number): Uint32Array {
  const columns = new Uint32Array(unions.length * keptColumns(sparsity, depth));
  const groups = groupsOf(sparsity, depth);
  let at = 0;
  for (const union of unions) {
    for (const { begin, end, kept } of groups) {
      let room = kept - countWithin(union, begin, end);
      for (let column = begin; column < end; column++) {
        if (hasColumn(union, column) || room-- > 0) columns[at++] = column;
      }
    }
  }
  return columns;
}
