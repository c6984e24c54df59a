/** What a layer costs when it keeps a share of its columns. */
export interface CostPoint {
  readonly kept: number;
  readonly cost: number;
}

/**
 * What a pruned kernel costs over the dense one where it keeps every column: those of the zoo's layers that were measured
 * at two ratios lie on lines that end there, between 1.02 and 1.2.
 */
const ALL_KEPT = 1.1;

/**
 * Cost at any share, on the lines between measured points; beyond them, on the line of the nearest two. With one point the
 * other end is the layer with all its columns: for denser ones as a pruned kernel takes them, for sparser ones as the
 * dense one does, whose line falls less. Never less than in proportion to the columns below the sparsest point: a line
 * that falls faster promises too much. Undefined without points.
 */
export function costAt(points: readonly CostPoint[], kept: number, dense: number): number | undefined {
  const sorted = [...points].sort((a, b) => a.kept - b.kept);
  const [first] = sorted;
  if (first === undefined) return undefined;
  const end = (kept > first.kept ? ALL_KEPT : 1) * dense;
  const line = sorted.length === 1 ? [first, { kept: 1, cost: Math.max(end, first.cost) }] : sorted;
  const index = Math.max(
    1,
    line.findIndex((point) => point.kept >= kept),
  );
  const right = kept > (line.at(-1)?.kept ?? 1) ? line.length - 1 : index;
  const [a, b] = [line[right - 1], line[right]];
  if (a === undefined || b === undefined || a.kept === b.kept) return first.cost;
  const straight = a.cost + ((b.cost - a.cost) * (kept - a.kept)) / (b.kept - a.kept);
  return kept < first.kept ? Math.max(straight, (first.cost * kept) / first.kept) : straight;
}

/** The share of columns to drop from which on pruning pays, and how it is known. */
export interface BreakEven {
  readonly ratio: number;
  /** `between` two measured ratios, `extrapolated` from two, or `atMost`: the only one measured pays already. */
  readonly kind: 'between' | 'extrapolated' | 'atMost';
}

/** Undefined when no measured ratio pays, or nothing was measured. */
export function breakEven(points: readonly CostPoint[], dense: number): BreakEven | undefined {
  const byRatio = points.map(({ kept, cost }) => ({ ratio: 1 - kept, cost })).sort((a, b) => a.ratio - b.ratio);
  const at = byRatio.findIndex(({ cost }) => cost <= dense);
  const found = byRatio[at];
  if (found === undefined) return undefined;
  const other = at > 0 ? byRatio[at - 1] : byRatio[1];
  if (other === undefined) return { ratio: rounded(found.ratio), kind: 'atMost' };
  const slope = (found.cost - other.cost) / (found.ratio - other.ratio);
  // A line that does not fall says nothing of where it was above.
  if (!(slope < 0)) return { ratio: rounded(found.ratio), kind: 'atMost' };
  const ratio = Math.min(1, Math.max(0, found.ratio + (dense - found.cost) / slope));
  return { ratio: rounded(ratio), kind: at > 0 ? 'between' : 'extrapolated' };
}

function rounded(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}
