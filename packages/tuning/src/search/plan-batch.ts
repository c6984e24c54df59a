import type { Choice } from '../layers/candidates.js';

/** What is known of a choice: its cost, or that it failed. */
export type Known = { readonly status: 'ok'; readonly cost: number } | { readonly status: 'failed' };

/** The choices of one layer, and how many of them may be measured. */
export interface Search {
  /** The cheapest by the estimate first. */
  readonly offered: readonly Choice[];
  /** Choices near one that has proved good. */
  readonly near: (choice: Choice) => readonly Choice[];
  readonly budget: number;
}

/** Choices that are measured together: enough to share a compilation, few enough to learn from them. */
const BATCH = 6;
/** Tiles whose neighbours are looked at. */
const FINALISTS = 2;

/**
 * The choices to measure next; none when the search is over. Depends on nothing but what is known, so that a search which
 * was interrupted goes on as it would have gone on.
 *
 * First come the cheapest by the estimate, then others that could still win: the estimate is taken to be wrong for them
 * by as much as it was, in their favour, for any choice measured so far. Then the neighbours of the best two, and of what
 * is best then, until none of them is better.
 */
export function planBatch({ offered, near, budget }: Search, known: ReadonlyMap<string, Known>): readonly Choice[] {
  const room = budget - known.size;
  if (room <= 0) return [];
  const isNew = ({ text }: Choice): boolean => !known.has(text);
  const next = promising(offered, known).filter(isNew);
  if (next.length > 0) return next.slice(0, Math.min(BATCH, room));
  const finalists = ranked(reached(offered, near, known), known).slice(0, FINALISTS);
  const neighbours = distinct(finalists.flatMap(near)).filter(isNew);
  return neighbours.slice(0, Math.min(2 * BATCH, room));
}

/** The offered choices, and the neighbours that the search has come to. */
function reached(
  offered: readonly Choice[],
  near: Search['near'],
  known: ReadonlyMap<string, Known>,
): readonly Choice[] {
  const found = new Map(offered.map((choice) => [choice.text, choice]));
  // A map goes on to what is added while it is gone through.
  for (const choice of found.values()) {
    if (known.get(choice.text)?.status !== 'ok') continue;
    for (const one of near(choice)) if (known.has(one.text) && !found.has(one.text)) found.set(one.text, one);
  }
  return [...found.values()];
}

function distinct(choices: readonly Choice[]): readonly Choice[] {
  return [...new Map(choices.map((choice) => [choice.text, choice])).values()];
}

/** Measured choices, the best first. */
function ranked(choices: readonly Choice[], known: ReadonlyMap<string, Known>): readonly Choice[] {
  const costs = choices.flatMap((choice) => {
    const found = known.get(choice.text);
    return found?.status === 'ok' ? [{ choice, cost: found.cost }] : [];
  });
  return costs.sort((a, b) => a.cost - b.cost).map(({ choice }) => choice);
}

function promising(offered: readonly Choice[], known: ReadonlyMap<string, Known>): readonly Choice[] {
  let [best, optimism] = [Infinity, Infinity];
  for (const { text, candidate } of offered) {
    const found = known.get(text);
    if (found?.status !== 'ok') continue;
    best = Math.min(best, found.cost);
    optimism = Math.min(optimism, found.cost / Math.max(1, candidate.cost));
  }
  return best === Infinity ? offered : offered.filter(({ candidate }) => candidate.cost * optimism <= best);
}
