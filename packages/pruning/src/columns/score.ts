import type { RowAxis, Shape } from '@ait-rvv/ir';
import { weightPlaces, type WeightPlaces } from './weight-places.js';

/**
 * What makes a column worth keeping: the sum over a tile's rows of |w| (`l1`), of w² (`l2`), or of importances given
 * from outside, one a weight (`external`).
 */
export type ScoreKind = 'l1' | 'l2' | 'external';

/** Scores of the columns of every tile, `[tiles][depth]` in the order of the weight view. */
export interface ScoreTable {
  readonly tiles: number;
  readonly depth: number;
  readonly scores: Float64Array;
}

/** A weight, or importances of the same shape, and how it is cut into tiles. */
export interface Tiling {
  readonly shape: Shape;
  readonly rowAxis: RowAxis;
  readonly tileRows: number;
}

/**
 * Sums the elements' scores by tile and column. Elements are read in the order they lie in memory, and added in double
 * precision row after row, so that equal weights give equal scores on every machine.
 *
 * @param elements row-major, of the tiling's shape
 */
export function scoreColumns(elements: Float32Array, tiling: Tiling, kind: ScoreKind): ScoreTable {
  const places = weightPlaces(tiling.shape, tiling.rowAxis);
  const { rows, depth } = places;
  const tiles = Math.ceil(rows / tiling.tileRows);
  const scores = new Float64Array(tiles * depth);
  const square = kind === 'l2';
  if (tiling.rowAxis === 1) scoreByColumns(elements, scores, rows, depth, tiling.tileRows, square);
  else scoreByRows(elements, scores, places, tiling.tileRows, square);
  return { tiles, depth, scores };
}

/** Rows contiguous in memory: adds up a tile in memory order, then brings its columns into the order of the view. */
function scoreByRows(
  elements: Float32Array,
  scores: Float64Array,
  { rows, depth, columns }: WeightPlaces,
  tileRows: number,
  square: boolean,
): void {
  const sums = new Float64Array(depth);
  for (let first = 0; first < rows; first += tileRows) {
    sums.fill(0);
    for (let row = first; row < Math.min(rows, first + tileRows); row++) {
      const base = row * depth;
      for (let i = 0; i < depth; i++) {
        const value = elements[base + i] as number;
        sums[i] = (sums[i] as number) + (square ? value * value : Math.abs(value));
      }
    }
    const tile = (first / tileRows) * depth;
    for (let column = 0; column < depth; column++) scores[tile + column] = sums[columns[column] as number] as number;
  }
}

/** `[depth][rows]` in memory: the rows of a tile are neighbours. */
function scoreByColumns(
  elements: Float32Array,
  scores: Float64Array,
  rows: number,
  depth: number,
  tileRows: number,
  square: boolean,
): void {
  for (let column = 0; column < depth; column++) {
    for (let row = 0; row < rows; row++) {
      const at = Math.floor(row / tileRows) * depth + column;
      const value = elements[column * rows + row] as number;
      scores[at] = (scores[at] as number) + (square ? value * value : Math.abs(value));
    }
  }
}

/** The sum of all scores. */
export function totalScore({ scores }: ScoreTable): number {
  let total = 0;
  for (const score of scores) total += score;
  return total;
}

/** The share of all scores that chosen columns have, `[tiles][kept]`; all of it where there is none. */
export function retainedOf(table: ScoreTable, columns: Uint32Array): number {
  const kept = columns.length / table.tiles;
  let sum = 0;
  columns.forEach((column, at) => {
    sum += table.scores[Math.floor(at / kept) * table.depth + column] as number;
  });
  const total = totalScore(table);
  return total === 0 ? 1 : Math.min(1, sum / total);
}
