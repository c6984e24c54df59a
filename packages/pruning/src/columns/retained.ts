import type { RowAxis, Tensor } from '@ait-rvv/ir';
import { scoreColumns, totalScore, type ScoreKind } from './score.js';
import { retainedScores } from './select.js';
import type { Sparsity } from './sparsity.js';

/** The elements that are scored: a weight, or importances of its shape. */
export interface Scored {
  readonly elements: Tensor;
  readonly rowAxis: RowAxis;
  readonly kind: ScoreKind;
}

/** The share of a weight's score that is kept at each of several sparsities with the same M. */
export function retainedShares(scored: Scored, tileRows: number, m: number, ns: readonly number[]): number[] {
  const { elements, rowAxis, kind } = scored;
  const table = scoreColumns(elements.data as Float32Array, { shape: elements.shape, rowAxis, tileRows }, kind);
  const total = totalScore(table);
  // Of nothing, everything is kept.
  return retainedScores(table, m, ns).map((kept) => (total === 0 ? 1 : Math.min(1, kept / total)));
}

/** The share of a weight's score that one sparsity keeps. */
export function retainedShare(scored: Scored, tileRows: number, { n, m }: Sparsity): number {
  return retainedShares(scored, tileRows, m, [n])[0] ?? 1;
}
