import { CompileError, quoteName, sameShape, type Diagnostic, type Graph } from '@ait-rvv/ir';
import { nearNames } from '../graph/globs.js';
import { findLayers, otherMacs, type Layer } from '../graph/layers.js';
import { ordersOf, permutationNames } from '../permute/plan-permutations.js';
import { findBrokenInvariants, layerFinding } from './invariants.js';
import { LAYER_RULES, reasonForDense } from './rules.js';
import { isPruned, type Plan, type PlanLayer } from './schema.js';

/**
 * Checks that a plan is for this optimised graph: of the same model, for the same layers, with counts and permutations
 * that hold. Throws AIT4002 with a finding for every layer that does not fit.
 *
 * @param modelHash SHA-256 of the model now; left out where it is not known
 */
export function checkPlan(plan: Plan, graph: Graph, modelHash?: string): void {
  const findings: Diagnostic[] = [];
  if (modelHash !== undefined && modelHash !== plan.model.sha256) {
    const hashes = `${plan.model.sha256.slice(0, 12) || 'none'}… is not ${modelHash.slice(0, 12)}…`;
    findings.push({
      code: 'AIT4002',
      where: `plan of ${quoteName(plan.model.name)}`,
      message: `was made for another model, or another version of it: SHA-256 ${hashes}`,
      hint: 'Plan again.',
    });
  }
  findings.push(...findBrokenInvariants(plan), ...findMismatches(plan, graph));
  if (findings.length > 0) throw new CompileError(findings);
}

/** Whatever of a plan does not fit the layers of a graph. */
export function findMismatches(plan: Plan, graph: Graph): readonly Diagnostic[] {
  const layers = findLayers(graph);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const planned = new Set(plan.layers.map((entry) => entry.name));
  const missing = layers.filter(({ name }) => !planned.has(name));
  const findings = [
    ...plan.layers.flatMap((entry) => mismatches(entry, byName)),
    ...missing.map(({ name }) => layerFinding(name, 'is not in the plan.')),
  ];
  if (findings.length > 0) return findings;
  const before = layers.reduce((sum, layer) => sum + layer.macs, otherMacs(graph, layers));
  if (plan.totals.macs.before !== before) {
    const message = `say the model has ${plan.totals.macs.before} multiply-adds, it has ${before}.`;
    return [{ code: 'AIT4002', where: 'totals', message, hint: 'The plan was made for other input shapes.' }];
  }
  return permutationMismatches(plan, graph);
}

function mismatches(entry: PlanLayer, layers: ReadonlyMap<string, Layer>): readonly Diagnostic[] {
  const layer = layers.get(entry.name);
  if (layer === undefined) {
    const near = nearNames(entry.name, [...layers.keys()], 1);
    const hint = near.length === 0 ? '' : ` The nearest is ${quoteName(near[0] ?? '')}.`;
    return [layerFinding(entry.name, `is no layer of the model.${hint}`)];
  }
  if (entry.weight !== layer.weight.name || !sameShape(entry.shape, layer.shape)) {
    const have = `${quoteName(layer.weight.name)} [${layer.shape.join(',')}]`;
    return [
      layerFinding(
        entry.name,
        `has the weight ${have}, the plan says ${quoteName(entry.weight)} [${entry.shape.join(',')}].`,
      ),
    ];
  }
  const others = layer.nodes.slice(1).map((node) => node.name);
  if (
    entry.op !== layer.op ||
    entry.rowAxis !== layer.rowAxis ||
    entry.groups !== layer.groups ||
    (entry.alsoUsedBy ?? []).join('\n') !== others.join('\n')
  ) {
    return [layerFinding(entry.name, 'is used in another way than the plan says.')];
  }
  if (entry.macs.before !== layer.macs) {
    return [layerFinding(entry.name, `has ${layer.macs} multiply-adds, the plan says ${entry.macs.before}.`)];
  }
  const must = LAYER_RULES.filter((rule) => rule.kind === 'must');
  const reason = isPruned(entry) ? reasonForDense(must, { layer, tileRows: entry.tileRows }) : undefined;
  return reason === undefined ? [] : [layerFinding(entry.name, `cannot be pruned: ${reason}.`)];
}

function permutationMismatches(plan: Plan, graph: Graph): readonly Diagnostic[] {
  const planned = ordersOf(graph, plan);
  if (planned.findings.length > 0) return planned.findings;
  const names = permutationNames(planned);
  return plan.layers.flatMap(({ name, permutation }) => {
    const needed = names.get(name);
    if (needed === permutation) return [];
    return [
      layerFinding(
        name,
        `takes the permutation ${quoteName(permutation ?? 'none')}, its channels need ${quoteName(needed ?? 'none')}.`,
      ),
    ];
  });
}
