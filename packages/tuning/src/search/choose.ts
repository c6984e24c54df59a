import type { Backend, Candidate, Choose } from '@ait-rvv/codegen-core';
import type { Measurement } from '../cache/measurement.js';
import { choiceText, offeredChoices, nearChoices } from '../layers/candidates.js';
import { kernelVersion, layerId, layerOf } from '../layers/layer.js';

/** Told what became of a layer: chosen by measurement, or by the estimate since nothing legal was measured. */
export type ChooseObserver = (decision: 'measured' | 'estimated') => void;

/**
 * Chooses the kernel that was measured to be the best of those that are still the same and legal; nothing where none was.
 * Parameters come from the kernels, never from the measurements, which only say which of them is best.
 */
export function measuredChoice(
  measurements: readonly Measurement[],
  backend: Backend,
  observe?: ChooseObserver,
): Choose {
  const byLayer = new Map<string, Measurement[]>();
  for (const one of measurements) {
    if (one.status !== 'ok' || one.cost === null) continue;
    const id = layerId({ text: one.layer, sparsity: one.sparsity });
    byLayer.set(id, [...(byLayer.get(id) ?? []), one]);
  }
  return (graph, node) => {
    const layer = layerOf(graph, node);
    if (layer === undefined) return undefined;
    const known = [...(byLayer.get(layerId(layer)) ?? [])].sort((a, b) => (a.cost ?? 0) - (b.cost ?? 0));
    const best = known.length === 0 ? undefined : bestLegal(known, offeredCandidates());
    observe?.(best === undefined ? 'estimated' : 'measured');
    return best;

    function* offeredCandidates(): Generator<Candidate> {
      if (layer === undefined) return;
      const seen = new Set<string>();
      const open = [...offeredChoices(layer, backend)];
      const measured = new Set(known.map(choiceText));
      for (const choice of open) {
        if (seen.has(choice.text)) continue;
        seen.add(choice.text);
        yield choice.candidate;
        if (measured.has(choice.text)) open.push(...nearChoices(layer, backend, choice));
      }
    }
  };
}

function bestLegal(known: readonly Measurement[], offered: Iterable<Candidate>): Candidate | undefined {
  const legal = new Map<string, Candidate>();
  for (const candidate of offered) legal.set(choiceText(candidate), candidate);
  for (const one of known) {
    const candidate = legal.get(choiceText(one));
    if (candidate !== undefined && kernelVersion(candidate) === one.kernelVersion) return candidate;
  }
  return undefined;
}
