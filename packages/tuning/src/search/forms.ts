import type { Backend } from '@ait-rvv/codegen-core';
import type { Graph } from '@ait-rvv/ir';
import type { Measurement } from '../cache/measurement.js';
import { layerId, layersOf, type Layer } from '../layers/layer.js';
import { bestMeasured, MeasuredLayers } from './best-measured.js';

/** A graph as one of a target's backends lowers it. */
export interface Form {
  readonly backend: Backend;
  readonly lowered: Graph;
}

/** As the backend lowers a graph, and as each of its rivals does. */
export function formsOf(backend: Backend, lower: (backend: Backend) => Graph): readonly [Form, ...Form[]] {
  const lowered = lower(backend);
  const rivals = backend.rivals?.(lowered) ?? [];
  return [{ backend, lowered }, ...rivals.map((rival) => ({ backend: rival, lowered: lower(rival) }))];
}

/** Whether any layer was measured on a zero-padded pitch: else there is no need to lower a graph for rivals that have one. */
export function hasPitched(measurements: readonly Measurement[]): boolean {
  return measurements.some(({ layer }) => layer.includes(':cnhw+'));
}

/**
 * Part of what layers cost that another form must save at least: in a network they find less in the caches than in trials, by
 * some percent where lines come one by one (docs/adr/0019).
 */
const LEAST_GAIN = 0.035;

/**
 * The form whose layers cost least, all together, by measurement. One that has a layer nobody measured does not count, unless
 * the first form has it, too: that one needs no proof.
 */
export function measuredForm(forms: readonly Form[], measurements: readonly Measurement[]): Form | undefined {
  const [first] = forms;
  if (first === undefined) return undefined;
  const measured = new MeasuredLayers(measurements);
  const own = countLayers(first.lowered);
  /** What a form saves over the first one; nothing where that is not known, or too little. */
  const saved = ({ backend, lowered }: Form): number => {
    const counts = countLayers(lowered);
    const cost = { instead: 0, before: 0 };
    for (const [id, { layer }] of new Map([...own, ...counts])) {
      const more = (counts.get(id)?.count ?? 0) - (own.get(id)?.count ?? 0);
      if (more === 0) continue;
      const each = bestMeasured(measured.of(layer), layer, backend)?.cost;
      if (each === undefined) return 0;
      cost[more > 0 ? 'instead' : 'before'] += Math.abs(more) * each;
    }
    const gain = cost.before - cost.instead;
    return gain > LEAST_GAIN * cost.before ? gain : 0;
  };
  const gains = forms.map(saved);
  return forms[gains.indexOf(Math.max(...gains))];
}

/** The layers of a graph, and how many are alike. */
function countLayers(graph: Graph): ReadonlyMap<string, { readonly layer: Layer; readonly count: number }> {
  const counts = new Map<string, { readonly layer: Layer; readonly count: number }>();
  for (const layer of layersOf(graph)) {
    const id = layerId(layer);
    counts.set(id, { layer, count: (counts.get(id)?.count ?? 0) + 1 });
  }
  return counts;
}
