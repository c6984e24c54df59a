import type { Flow } from './flow.js';

/**
 * Blocks that belong to one loop body or one straight run of code, so that their computing and their memory traffic
 * overlap: each is the most frequent successor of the one before and the other way round, and they are executed about
 * as often. Returns the representative of every variant's group.
 */
export function bodies(flow: Flow, variants: Iterable<number>): (variant: number) => number {
  const parent = new Map<number, number>();
  const find = (variant: number): number => {
    let at = variant;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  for (const variant of variants) {
    const next = flow.successor(variant);
    if (next === undefined || flow.predecessor(next) !== variant || !isSimilar(flow, variant, next)) continue;
    const [a, b] = [find(variant), find(next)];
    if (a !== b) parent.set(Math.max(a, b), Math.min(a, b));
  }
  return find;
}

function isSimilar(flow: Flow, a: number, b: number): boolean {
  const [less, more] = [flow.executions(a), flow.executions(b)].sort((m, n) => m - n);
  return (less ?? 0) * 2 >= (more ?? 0);
}
