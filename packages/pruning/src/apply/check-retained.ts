import { CompileError, type Graph } from '@ait-rvv/ir';
import { retainedShare } from '../columns/retained.js';
import { layerFinding, rounded } from '../plan/invariants.js';
import type { Plan } from '../plan/schema.js';
import { plannedLayers } from './planned-layers.js';

/** Shares are rounded to six digits. */
const TOLERANCE = 2e-6;

/**
 * Checks that the layers of an optimised graph retain what the plan says: weights that changed, or a plan that was
 * edited, show here. Throws AIT4002 with a finding a layer. What was scored from outside cannot be checked.
 */
export function checkRetained(plan: Plan, graph: Graph): void {
  if (plan.score === 'external') return;
  const kind = plan.score;
  const findings = plannedLayers(graph, plan).layers.flatMap(({ layer, entry, weight }) => {
    const share = rounded(retainedShare({ elements: weight, rowAxis: entry.rowAxis, kind }, entry.tileRows, entry));
    if (Math.abs(share - entry.retained) <= TOLERANCE) return [];
    return [layerFinding(layer.name, `retains ${share} of its score, the plan says ${entry.retained}.`)];
  });
  if (findings.length > 0) throw new CompileError(findings);
}
