import { groupsOf, keptColumns, keptInGroup, type ColumnGroup, type Sparsity } from './sparsity.js';
import type { ScoreTable } from './score.js';

/**
 * The one rule which columns survive: in every tile, the best of each group; ties go to the lower index.
 *
 * @returns `[tiles][kept]`, ascending within a tile
 */
export function selectColumns(table: ScoreTable, sparsity: Sparsity): Uint32Array {
  const { tiles, depth, scores } = table;
  const kept = keptColumns(sparsity, depth);
  const columns = new Uint32Array(tiles * kept);
  const groups = groupsOf(sparsity, depth);
  let at = 0;
  for (let tile = 0; tile < tiles; tile++) {
    const row = scores.subarray(tile * depth, (tile + 1) * depth);
    for (const group of groups) at = selectGroup(row, group, columns, at);
  }
  return columns;
}

/** Writes the columns kept of one group at `at` and returns the place behind them. */
function selectGroup(row: Float64Array, { begin, end, kept }: ColumnGroup, columns: Uint32Array, at: number): number {
  const sorted = row.slice(begin, end).sort();
  // The least score that is kept, and how many columns of just that score still fit beside the better ones.
  const least = sorted[sorted.length - kept] as number;
  let equal = kept;
  for (let i = sorted.length - 1; i >= 0 && (sorted[i] as number) > least; i--) equal--;
  let place = at;
  for (let column = begin; column < end; column++) {
    const score = row[column] as number;
    if (score > least || (score === least && equal-- > 0)) columns[place++] = column;
  }
  return place;
}

/** The score kept at each of several sparsities with the same M; costs one sort, however many there are. */
export function retainedScores(table: ScoreTable, m: number, ns: readonly number[]): number[] {
  const { tiles, depth, scores } = table;
  const retained = ns.map(() => 0);
  const sorted = new Float64Array(Math.min(m, depth));
  for (let tile = 0; tile < tiles; tile++) {
    for (let begin = 0; begin < depth; begin += m) {
      const length = Math.min(m, depth - begin);
      const group = sorted.subarray(0, length);
      group.set(scores.subarray(tile * depth + begin, tile * depth + begin + length));
      group.sort();
      addBest(group, (index) => keptInGroup({ n: ns[index] as number, m }, length), retained);
    }
  }
  return retained;
}

/** Adds the sum of the best `kept(i)` of an ascending group to each `retained[i]`. */
function addBest(group: Float64Array, kept: (index: number) => number, retained: number[]): void {
  const sums = group;
  // From the best downwards, in place: sums[i] becomes the sum of the elements from i on.
  for (let i = group.length - 2; i >= 0; i--) sums[i] = (sums[i] as number) + (sums[i + 1] as number);
  for (let index = 0; index < retained.length; index++) {
    const count = kept(index);
    if (count > 0) retained[index] = (retained[index] as number) + (sums[group.length - count] as number);
  }
}
