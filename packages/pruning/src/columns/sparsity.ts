import { floorOf, ratioDropping, type Ratio } from './ratio.js';

/** N of every M consecutive columns are kept; M may be the whole depth. */
export interface Sparsity {
  readonly n: number;
  readonly m: number;
}

/** What is asked of a layer, before its depth is known. */
export type SparsityRequest =
  | { readonly kind: 'pattern'; readonly n: number; readonly m: number }
  /** Drop this share of the columns: of each group of `group`, by default of the whole row. */
  | { readonly kind: 'ratio'; readonly ratio: Ratio; readonly group?: number | undefined };

/** The one formula for how many of `count` columns a ratio leaves: max(1, count − floor(ratio · count)). */
export function keptOf(ratio: Ratio, count: number): number {
  return Math.max(1, count - floorOf(ratio, count));
}

/** What a request means for a weight of `depth` columns; groups never exceed the depth. */
export function sparsityFor(request: SparsityRequest, depth: number): Sparsity {
  if (request.kind === 'ratio') {
    const m = Math.min(request.group ?? depth, depth);
    return { n: keptOf(request.ratio, m), m };
  }
  const { n, m } = request;
  return m <= depth ? { n, m } : { n: keptInGroup({ n, m }, depth), m: depth };
}

/** Columns kept of a group: N of a full one, ceil(length·N/M) of an incomplete last one. */
export function keptInGroup({ n, m }: Sparsity, length: number): number {
  return length >= m ? n : Math.ceil((length * n) / m);
}

/** Columns kept of a row of `depth`. */
export function keptColumns({ n, m }: Sparsity, depth: number): number {
  return Math.floor(depth / m) * n + keptInGroup({ n, m }, depth % m);
}

/** The ratio that leaves N of M by {@link keptOf}. */
export function ratioOf({ n, m }: Sparsity): number {
  return ratioDropping(m - n, m);
}

/** Consecutive columns of which some are kept. */
export interface ColumnGroup {
  readonly begin: number;
  readonly end: number;
  readonly kept: number;
}

/** The groups of a row of `depth` columns. */
export function groupsOf(sparsity: Sparsity, depth: number): readonly ColumnGroup[] {
  return Array.from({ length: Math.ceil(depth / sparsity.m) }, (_, index) => {
    const begin = index * sparsity.m;
    const end = Math.min(depth, begin + sparsity.m);
    return { begin, end, kept: keptInGroup(sparsity, end - begin) };
  });
}
