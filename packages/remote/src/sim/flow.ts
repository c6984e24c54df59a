/** How often variants followed one another at one place, on one thread. */
export class Flow {
  private readonly into = new Map<number, Map<number, number>>();
  private readonly outOf = new Map<number, Map<number, number>>();
  private readonly strongest = new Map<number, number | undefined>();

  constructor(readonly edges: readonly (readonly [from: number, to: number, count: number])[]) {
    for (const [from, to, count] of edges) {
      add(this.into, to, from, count);
      add(this.outOf, from, to, count);
    }
  }

  /** How often a variant was entered. */
  executions(variant: number): number {
    let sum = 0;
    for (const count of this.into.get(variant)?.values() ?? []) sum += count;
    return sum;
  }

  successors(variant: number): ReadonlyMap<number, number> {
    return this.outOf.get(variant) ?? new Map<number, number>();
  }

  /** The variant that most often came before this one; undefined when nothing did. */
  predecessor(variant: number): number | undefined {
    if (!this.strongest.has(variant)) this.strongest.set(variant, mostFrequent(this.into.get(variant)));
    return this.strongest.get(variant);
  }

  /** The variant that most often came after this one. */
  successor(variant: number): number | undefined {
    return mostFrequent(this.outOf.get(variant));
  }
}

function add(table: Map<number, Map<number, number>>, key: number, other: number, count: number): void {
  const row = table.get(key) ?? new Map<number, number>();
  row.set(other, (row.get(other) ?? 0) + count);
  table.set(key, row);
}

/** Number 0 stands for nothing. Of equally frequent ones the lowest number, so that results repeat. */
function mostFrequent(counts: ReadonlyMap<number, number> | undefined): number | undefined {
  let best: number | undefined;
  for (const [variant, count] of counts ?? []) {
    if (variant === 0) continue;
    const most = best === undefined ? 0 : (counts?.get(best) ?? 0);
    if (count > most || (count === most && best !== undefined && variant < best)) best = variant;
  }
  return best;
}
