import { elementCount, quoteName, type Diagnostic } from '@ait-rvv/ir';
import { parseRatio } from '../columns/ratio.js';
import { keptColumns, keptOf } from '../columns/sparsity.js';
import { decodeColumnSets } from './column-sets.js';
import { isPruned, planMatrix, type Plan, type PlanLayer, type PrunedPlanLayer } from './schema.js';

/** Everything in a plan that contradicts itself, whatever the model. */
export function findBrokenInvariants(plan: Plan): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const names = new Set<string>();
  for (const layer of plan.layers) {
    const report = (message: string): void => void found.push(layerFinding(layer.name, message));
    if (names.has(layer.name)) report('occurs twice.');
    names.add(layer.name);
    checkPermutationOf(plan, layer, report);
    if (isPruned(layer)) checkCounts(layer, report);
    else if (layer.macs.after !== layer.macs.before) report('is dense, but saves multiply-adds.');
  }
  found.push(...permutationFindings(plan), ...totalsFindings(plan));
  return found;
}

export function layerFinding(name: string, message: string): Diagnostic {
  return { code: 'AIT4002', where: `layer ${quoteName(name)}`, message };
}

function checkCounts(layer: PrunedPlanLayer, report: (message: string) => void): void {
  const { n, m, tileRows, groups } = layer;
  const { rows, depth } = planMatrix(layer);
  const ratio = parseRatio(layer.ratio);
  if (n > m || m > depth) report(`keeps ${n} of every ${m} columns, but has ${depth}.`);
  else if (ratio === undefined) report(`has the ratio ${layer.ratio}, which is not below 1.`);
  else if (keptOf(ratio, m) !== n)
    report(`keeps ${n} of every ${m} columns, its ratio ${layer.ratio} leaves ${keptOf(ratio, m)}.`);
  const kept = keptColumns(layer, depth);
  if (kept !== layer.keptColumns)
    report(`says it keeps ${layer.keptColumns} columns, ${n}:${m} of ${depth} keeps ${kept}.`);
  if (groups > 1 && (rows / groups) % tileRows !== 0) {
    report(`has groups of ${rows / groups} rows, which tiles of ${tileRows} would straddle.`);
  }
  const after = (layer.macs.before / depth) * kept;
  if (layer.macs.after !== after)
    report(`says ${layer.macs.after} multiply-adds remain, ${kept} of ${depth} columns need ${after}.`);
  if (layer.columns !== undefined && decodeColumnSets(layer, layer.columns) === undefined) {
    report(`lists columns that are no ${n}:${m} of ${depth} in tiles of ${tileRows}.`);
  }
}

function checkPermutationOf({ permutations }: Plan, layer: PlanLayer, report: (message: string) => void): void {
  if (layer.permutation === undefined) return;
  const permutation = permutations.find(({ name }) => name === layer.permutation);
  const { rows } = planMatrix(layer);
  if (permutation === undefined) report(`takes the permutation ${quoteName(layer.permutation)}, which the plan lacks.`);
  else if (permutation.order.length !== rows) {
    report(`has ${rows} output channels, its permutation orders ${permutation.order.length}.`);
  }
}

function permutationFindings({ permutations, layers }: Plan): Diagnostic[] {
  const used = new Set(layers.map((layer) => layer.permutation));
  return permutations.flatMap(({ name, order }, index) => {
    if (permutations.findIndex((other) => other.name === name) !== index) {
      return [layerFinding(name, 'has two permutations.')];
    }
    if (!used.has(name)) return [layerFinding(name, 'has a permutation that no layer takes.')];
    const seen = new Set(order);
    const whole = seen.size === order.length && order.every((channel) => channel < order.length);
    return whole ? [] : [layerFinding(name, `has a permutation that is no order of ${order.length} channels.`)];
  });
}

function totalsFindings({ totals, layers }: Plan): Diagnostic[] {
  const pruned = layers.filter(isPruned);
  const sum = (count: (layer: PlanLayer) => number): number => layers.reduce((all, layer) => all + count(layer), 0);
  const saved = sum(({ macs }) => macs.before - macs.after);
  const right =
    totals.layers === layers.length &&
    totals.pruned === pruned.length &&
    totals.macs.before - totals.macs.after === saved &&
    totals.weights.before === sum(({ shape }) => elementCount(shape)) &&
    totals.weights.after === sum(keptWeights) &&
    totals.retained === meanRetained(layers);
  return right ? [] : [{ code: 'AIT4002', where: 'totals', message: 'are not those of the layers.' }];
}

/** Elements of the layer's weight that are kept. */
export function keptWeights(layer: PlanLayer): number {
  return isPruned(layer) ? planMatrix(layer).rows * layer.keptColumns : elementCount(layer.shape);
}

/** Geometric mean of the layers' retained shares, a dense layer counting 1: no layer makes up for a starved one. */
export function meanRetained(layers: readonly PlanLayer[]): number {
  const logs = layers.reduce((sum, layer) => sum + (isPruned(layer) ? Math.log(layer.retained) : 0), 0);
  return rounded(Math.exp(logs / Math.max(1, layers.length)));
}

/** Six digits: stable to read and compare. */
export function rounded(share: number): number {
  return Math.round(Math.min(1, share) * 1e6) / 1e6;
}
