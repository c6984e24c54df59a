import { fail, type Graph } from '@ait-rvv/ir';
import type { Ratio } from '../columns/ratio.js';
import { retainedShare, retainedShares } from '../columns/retained.js';
import type { Layer } from '../graph/layers.js';
import { allocate, type Choice } from './allocate.js';
import type { Decision, Judge, PrunedDecision } from './judge.js';
import { scoredBy } from './scoring.js';

/** Ratios a budget chooses from: hundredths. */
const GRID_STEPS = 100;
const LARGEST_STEP = 95;

/** The uniform ratio that the choice is compared with: thousandths, then a thousandth of those. */
const UNIFORM_STEPS = 1000;

/**
 * Finds ratios for the layers nobody has set, so that the graph costs at most `limit` and the layers' retained shares
 * have the largest geometric mean: {@link allocate} over a grid of ratios. Should one ratio for all of them do better at
 * no more cost, it is taken. Throws AIT4003 for a budget that cannot be met.
 */
export function decideWithin(graph: Graph, layers: readonly Layer[], judge: Judge, limit: number): readonly Decision[] {
  const fixed = judge.cost.fixed(graph, layers);
  const menus = layers.map((layer) => menuFor(layer, judge));
  const choices = menus.map((menu) => weigh(menu, judge));
  const picked = allocate(choices, limit - fixed);
  if (picked === undefined) refuse(choices, fixed, limit, judge);
  const allocated = menus.map((menu, layer) => pick(menu, picked[layer]));
  const uniform = uniformWithin(menus, judge, limit - fixed);
  return uniform !== undefined && worth(uniform, judge) > worth(allocated, judge) ? uniform : allocated;
}

function pick<T>(list: readonly T[], index = 0): T {
  const one = list[index];
  if (one === undefined) throw new Error(`there is no choice ${index}`);
  return one;
}

/** Everything that may happen to a layer: one thing when it is set or must stay dense. */
function menuFor(layer: Layer, judge: Judge): readonly Decision[] {
  if (judge.wishFor(layer) !== undefined || judge.reasonForLayer(layer) !== undefined) return [judge.decide(layer)];
  const menu: Decision[] = [{ layer, reason: 'the budget leaves it dense' }];
  for (let step = 1; step <= LARGEST_STEP; step++) {
    const decision = decideRatio(layer, judge, step, GRID_STEPS);
    const last = menu[menu.length - 1];
    if (decision.sparsity !== undefined && decision.sparsity.n !== last?.sparsity?.n) menu.push(decision);
  }
  return menu;
}

function decideRatio(layer: Layer, judge: Judge, step: number, steps: number): Decision {
  const ratio: Ratio = { numerator: BigInt(step), denominator: BigInt(steps) };
  return judge.decideSparsity(layer, { kind: 'ratio', ratio, group: judge.options.group });
}

/** Cost and retained share of everything on a menu; the weights are scored once. */
function weigh(menu: readonly Decision[], judge: Judge): readonly Choice[] {
  const pruned = menu.filter((decision): decision is PrunedDecision => decision.sparsity !== undefined);
  const [first] = pruned;
  const shares = new Map<Decision, number>();
  if (first !== undefined) {
    const scored = scoredBy(judge.options.score, first.layer);
    const ns = pruned.map(({ sparsity }) => sparsity.n);
    retainedShares(scored, judge.tileRows, first.sparsity.m, ns).forEach((share, index) => {
      const decision = pruned[index];
      if (decision !== undefined) shares.set(decision, share);
    });
  }
  return menu.map((decision) => ({
    cost: judge.costOf(decision),
    logRetained: Math.log(shares.get(decision) ?? 1),
  }));
}

function worth(decisions: readonly Decision[], judge: Judge): number {
  return decisions.reduce((sum, { layer, sparsity }) => {
    if (sparsity === undefined) return sum;
    return sum + Math.log(retainedShare(scoredBy(judge.options.score, layer), judge.tileRows, sparsity));
  }, 0);
}

/** One ratio for all layers that are free: the least that costs no more than `limit`; undefined when none does. */
function uniformWithin(
  menus: readonly (readonly Decision[])[],
  judge: Judge,
  limit: number,
): readonly Decision[] | undefined {
  const at = (step: number, steps: number): readonly Decision[] =>
    menus.map((menu) => (menu.length === 1 ? pick(menu) : decideRatio(pick(menu).layer, judge, step, steps)));
  const fits = (decisions: readonly Decision[]): boolean =>
    decisions.reduce((sum, decision) => sum + judge.costOf(decision), 0) <= limit;
  for (let step = 0; step < UNIFORM_STEPS; step++) {
    if (!fits(at(step, UNIFORM_STEPS))) continue;
    const finer = UNIFORM_STEPS * UNIFORM_STEPS;
    let [low, high] = [Math.max(0, (step - 1) * UNIFORM_STEPS), step * UNIFORM_STEPS];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (fits(at(middle, finer))) high = middle;
      else low = middle;
    }
    return at(high, finer);
  }
  return undefined;
}

function refuse(choices: readonly (readonly Choice[])[], fixed: number, limit: number, judge: Judge): never {
  const costs = choices.map((menu) => menu.map(({ cost }) => cost));
  const least = costs.reduce((sum, menu) => sum + Math.min(...menu), fixed);
  const dense = judge.options.budget === undefined ? least : costs.reduce((sum, [first = 0]) => sum + first, fixed);
  const said = (cost: number): string => `${Math.ceil(cost)} (${((cost / dense) * 100).toFixed(1)} %)`;
  fail(
    'AIT4003',
    `at least ${said(least)} of ${Math.round(dense)} ${judge.cost.unit} remain, more than the budget of ${said(limit)}.`,
    {
      hint: 'Allow more, or let more layers be pruned.',
    },
  );
}
