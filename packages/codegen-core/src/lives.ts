/** Something that exists from step `first` to step `last`, both included. */
export interface Life {
  readonly first: number;
  readonly last: number;
}

/** True when two exist at the same step. */
export function meets(a: Life, b: Life): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Beginnings in the order of `lives`, which is that of their first steps, each after the ends of all that is over. */
export function* inTime<T extends Life>(
  lives: readonly T[],
): Generator<{ readonly what: 'begins' | 'ended'; life: T }> {
  const byEnd = [...lives].sort((a, b) => a.last - b.last);
  let over = 0;
  for (const life of lives) {
    for (let next = byEnd[over]; next !== undefined && next.last < life.first; next = byEnd[++over]) {
      yield { what: 'ended', life: next };
    }
    yield { what: 'begins', life };
  }
}

/**
 * Lives by time, to find those that meet another one without looking at all of them: a program has thousands of
 * buffers, and few at a time. A life of length 2^k ≤ n < 2^(k+1) lies in the bucket of class k its first step falls
 * into, buckets of the class being 2^k steps wide; it therefore ends in that bucket or in the next two.
 */
export class Lives<T extends Life> {
  /** By class, then by bucket. */
  readonly #classes: Map<number, T[]>[] = [];

  add(life: T): void {
    const level = 31 - Math.clz32(life.last - life.first + 1);
    while (this.#classes.length <= level) this.#classes.push(new Map());
    const buckets = this.#classes[level];
    const at = life.first >> level;
    const bucket = buckets?.get(at);
    if (bucket === undefined) buckets?.set(at, [life]);
    else bucket.push(life);
  }

  /** Those that meet `life`, in no particular order. */
  meeting(life: Life): T[] {
    const found: T[] = [];
    this.#classes.forEach((buckets, level) => {
      const last = life.last >> level;
      for (let at = (life.first >> level) - 2; at <= last; at++) {
        for (const other of buckets.get(at) ?? []) if (meets(life, other)) found.push(other);
      }
    });
    return found;
  }
}
