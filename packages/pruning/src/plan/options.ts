import { fail, quoteName, type Tensor } from '@ait-rvv/ir';
import { parseRatio } from '../columns/ratio.js';
import type { Sparsity, SparsityRequest } from '../columns/sparsity.js';
import { matchesGlob, nearNames } from '../graph/globs.js';
import type { Layer } from '../graph/layers.js';
import type { CostModel } from './cost.js';
import { IGNORABLE_RULES } from './rules.js';

/**
 * Rows of a tile unless said otherwise: the tallest tile whose kernels use all vector registers at LMUL 2, and as 7 rows
 * at LMUL 4, too (docs/adr, mask tiles).
 */
export const DEFAULT_TILE_ROWS = 14;

/** Fewer kept columns than this leave a layer dense, unless said otherwise. */
export const DEFAULT_MIN_COLUMNS = 8;

/** What to drop: a share of the columns (a decimal, taken exactly), or all but N of every M. */
export type Drop = { readonly ratio: number | string } | { readonly pattern: Sparsity };

/** Another wish for the layers that match. Of several that match, the last counts. */
export type LayerDrop = Drop & { readonly glob: string };

/** How a model is to be pruned. Globs match names of layers or of their weights. */
export interface PruningOptions {
  /** Recorded in the plan, to tell later whether it is for that model. */
  readonly model?: { readonly name: string; readonly sha256: string };
  /** What to drop from every layer. Left out with a budget, or when only `layers` says what to drop. */
  readonly drop?: Drop;
  readonly layers?: readonly LayerDrop[];
  /** Finds the ratio of each layer that `layers` does not set, so that the whole graph costs at most `limit`. */
  readonly budget?: { readonly limit: number; readonly cost?: CostModel };
  /** Ratios count within groups of so many columns instead of the whole row. */
  readonly group?: number;
  readonly tileRows?: number;
  /** Importances are given by the name of the weight, in its shape. */
  readonly score?: 'l1' | 'l2' | ReadonlyMap<string, Tensor>;
  /** Prunes only layers that match one of these. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Names of {@link IGNORABLE_RULES} that do not keep layers dense. */
  readonly ignoreRules?: readonly string[];
  readonly minColumns?: number;
  /** Layers that cost no less pruned than dense stay dense. Default: multiply-adds, or the budget's cost. */
  readonly cost?: CostModel;
  /** Layers that must stay dense, and why. */
  readonly keepDense?: ReadonlyMap<string, string>;
  /** Looks for an order of output channels that retains more. */
  readonly permute?: boolean;
}

/** Refuses options that make no sense for these layers. Throws AIT4003. */
export function checkOptions(options: PruningOptions, layers: readonly Layer[]): void {
  const { tileRows, group, minColumns, budget } = options;
  checkCount(tileRows, 1, 'tiles need 1 row or more');
  checkCount(group, 1, 'groups need 1 column or more');
  checkCount(minColumns, 0, 'the least number of columns is 0 or more');
  if (options.drop === undefined && budget === undefined && (options.layers ?? []).length === 0) {
    fail('AIT4003', 'nothing is asked for: give a ratio, a pattern or a budget.');
  }
  if (options.drop !== undefined && budget !== undefined) {
    fail('AIT4003', 'a ratio for every layer and a budget that finds the ratios exclude each other.');
  }
  if (budget !== undefined && !(budget.limit >= 0))
    fail('AIT4003', `the budget is a number of 0 or more, not ${budget.limit}.`);
  for (const drop of [...(options.drop === undefined ? [] : [options.drop]), ...(options.layers ?? [])])
    requestOf(drop, group);
  for (const rule of options.ignoreRules ?? []) {
    if (IGNORABLE_RULES.includes(rule)) continue;
    fail('AIT4003', `there is no rule ${quoteName(rule)} to ignore.`, {
      hint: `There are ${IGNORABLE_RULES.join(', ')}.`,
    });
  }
  const globs = [
    ...(options.include ?? []),
    ...(options.exclude ?? []),
    ...(options.layers ?? []).map(({ glob }) => glob),
  ];
  for (const glob of globs) checkGlob(glob, layers);
}

/** The wish in the form the planner works with. Throws AIT4003 for one that makes no sense. */
export function requestOf(drop: Drop, group: number | undefined): SparsityRequest {
  if ('pattern' in drop) {
    const { n, m } = drop.pattern;
    if (!(Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n <= m)) {
      fail('AIT4003', `the pattern ${n}:${m} keeps N of every M columns, so N is from 1 to M.`);
    }
    return { kind: 'pattern', n, m };
  }
  const ratio = parseRatio(drop.ratio);
  if (ratio === undefined) {
    fail(
      'AIT4003',
      `the ratio ${quoteName(String(drop.ratio), 40)} is no share of columns to drop: 0 or more, below 1.`,
    );
  }
  return { kind: 'ratio', ratio, group };
}

/** Whether a glob means the layer: by its name, the name of another node with its weight, or the weight's. */
export function meansLayer(glob: string, layer: Layer): boolean {
  return [...layer.nodes.map((node) => node.name), layer.weight.name].some((name) => matchesGlob(glob, name));
}

function checkGlob(glob: string, layers: readonly Layer[]): void {
  if (layers.some((layer) => meansLayer(glob, layer))) return;
  const near = nearNames(
    glob,
    layers.map((layer) => layer.name),
  );
  const hint =
    near.length === 0
      ? 'The model has no layer with weights.'
      : `Near are ${near.map((name) => quoteName(name)).join(', ')}.`;
  fail('AIT4003', `no layer is called ${quoteName(glob)}.`, { hint });
}

function checkCount(value: number | undefined, least: number, problem: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  fail('AIT4003', `${problem}, not ${value}.`);
}
