import { elementCount, type Graph } from '@ait-rvv/ir';
import { retainedShare } from '../columns/retained.js';
import { keptColumns, ratioOf } from '../columns/sparsity.js';
import { findLayers, otherMacs } from '../graph/layers.js';
import { analyseChannels } from '../permute/analyse-channels.js';
import type { Order } from '../permute/order.js';
import { planOrders, scoredUnder } from '../permute/plan-orders.js';
import { permutationNames, type PlannedOrders } from '../permute/plan-permutations.js';
import type { SpaceId } from '../permute/spaces.js';
import { prunedMacs } from './cost.js';
import { decideWithin } from './decide-within.js';
import { keptWeights, meanRetained, rounded } from './invariants.js';
import { Judge, type Decision, type PrunedDecision } from './judge.js';
import { checkOptions, DEFAULT_TILE_ROWS, type PruningOptions } from './options.js';
import type { Plan, PlanLayer } from './schema.js';
import { externalColumns, scoredBy, scoreName } from './scoring.js';

/**
 * Plans which columns of which layers of an optimised graph to keep: batch-norms are folded into its weights, so that
 * their magnitudes are those that count. Deterministic. Throws AIT4003 for options that make no sense or a budget that
 * cannot be met.
 */
export function planPruning(graph: Graph, options: PruningOptions): Plan {
  const layers = findLayers(graph);
  checkOptions(options, layers);
  const tileRows = options.tileRows ?? DEFAULT_TILE_ROWS;
  const judge = new Judge(tileRows, options);
  const decisions =
    options.budget === undefined
      ? layers.map((layer) => judge.decide(layer))
      : decideWithin(graph, layers, judge, options.budget.limit);
  const pruned = decisions.filter((decision): decision is PrunedDecision => decision.sparsity !== undefined);
  const makers = pruned.map(({ layer, sparsity }) => ({ layer, sparsity, scored: scoredBy(options.score, layer) }));
  const analysis = analyseChannels(graph);
  const orders = options.permute === true ? planOrders(graph, analysis, makers, tileRows) : new Map<SpaceId, Order>();
  const planned: Planned = { graph, tileRows, options, analysis, orders };
  const names = permutationNames(planned);
  const planLayers = decisions.map((decision) => ({
    ...describe(decision, names),
    ...(decision.sparsity === undefined ? { reason: decision.reason } : keep(planned, decision)),
  }));
  return {
    schemaVersion: 1,
    model: options.model ?? { name: graph.name, sha256: '' },
    score: scoreName(options.score),
    totals: totalsOf(planLayers, otherMacs(graph, layers)),
    permutations: analysis.spaces.flatMap(({ id, producers }) => {
      const order = orders.get(id);
      const [first] = producers;
      return order === undefined || first === undefined ? [] : [{ name: first.name, order: [...order] }];
    }),
    layers: planLayers,
  };
}

/** All that the entries of a plan are made from. */
interface Planned extends PlannedOrders {
  readonly graph: Graph;
  readonly tileRows: number;
  readonly options: PruningOptions;
}

/** What the plan says of every layer. */
function describe({ layer, sparsity }: Decision, permutations: ReadonlyMap<string, string>) {
  const [, ...others] = layer.nodes;
  const permutation = permutations.get(layer.name);
  return {
    name: layer.name,
    op: layer.op,
    weight: layer.weight.name,
    shape: [...layer.shape],
    rowAxis: layer.rowAxis,
    groups: layer.groups,
    ...(others.length === 0 ? {} : { alsoUsedBy: others.map((node) => node.name) }),
    ...(permutation === undefined ? {} : { permutation }),
    macs: { before: layer.macs, after: prunedMacs(layer, sparsity) },
  };
}

/** What the plan says of a pruned layer. */
function keep({ graph, tileRows, options, analysis, orders }: Planned, { layer, sparsity, ratio }: PrunedDecision) {
  const scored = scoredUnder(graph, analysis, { layer, scored: scoredBy(options.score, layer) }, orders);
  const columns = externalColumns(options.score, layer, scored, tileRows, sparsity);
  return {
    tileRows,
    n: sparsity.n,
    m: sparsity.m,
    ratio: ratio ?? ratioOf(sparsity),
    keptColumns: keptColumns(sparsity, layer.depth),
    retained: rounded(retainedShare(scored, tileRows, sparsity)),
    ...(columns === undefined ? {} : { columns }),
  };
}

function totalsOf(layers: readonly PlanLayer[], others: number): Plan['totals'] {
  const sum = (count: (layer: PlanLayer) => number): number => layers.reduce((all, layer) => all + count(layer), 0);
  return {
    layers: layers.length,
    pruned: layers.filter((layer) => !('reason' in layer)).length,
    macs: { before: others + sum(({ macs }) => macs.before), after: others + sum(({ macs }) => macs.after) },
    weights: { before: sum(({ shape }) => elementCount(shape)), after: sum(keptWeights) },
    retained: meanRetained(layers),
  };
}
