import type { Backend, Candidate } from '@ait-rvv/codegen-core';
import type { Measurement } from '../cache/measurement.js';
import { choiceText, nearChoices, offeredChoices } from '../layers/candidates.js';
import { kernelVersion, layerId, type Layer, type LayerId } from '../layers/layer.js';

/** Measurements that succeeded, by {@link layerId}, the cheapest first. */
export class MeasuredLayers {
  readonly #byId = new Map<string, Measurement[]>();
  readonly #sparsities = new Map<string, Set<string>>();

  constructor(measurements: readonly Measurement[]) {
    for (const one of measurements) {
      if (one.status !== 'ok' || one.cost === null) continue;
      const id = layerId({ text: one.layer, sparsity: one.sparsity });
      const known = this.#byId.get(id) ?? [];
      known.push(one);
      this.#byId.set(id, known);
      this.#sparsities.set(one.layer, (this.#sparsities.get(one.layer) ?? new Set()).add(one.sparsity));
    }
    for (const list of this.#byId.values()) list.sort((a, b) => (a.cost ?? 0) - (b.cost ?? 0));
  }

  of(layer: LayerId): readonly Measurement[] {
    return this.#byId.get(layerId(layer)) ?? [];
  }

  /** Every sparsity that layers of this text were measured with. */
  sparsitiesOf(text: string): readonly string[] {
    return [...(this.#sparsities.get(text) ?? [])];
  }
}

/**
 * The cheapest of these measurements, cheapest first, whose choice the kernels still offer for the layer, made of the
 * same C sources. Parameters come from the kernels, never from the measurements. `like` takes choices that differ in one
 * parameter, too: of a layer pruned to another ratio, which is cut up a little otherwise.
 */
export function bestMeasured(
  measured: readonly Measurement[],
  layer: Layer,
  backend: Backend,
  match: 'same' | 'like' = 'same',
): { readonly candidate: Candidate; readonly cost: number } | undefined {
  if (measured.length === 0) return undefined;
  const legal = reachable(measured, layer, backend);
  for (const one of measured) {
    const candidate = legal.get(choiceText(one)) ?? (match === 'like' ? likeChoice(one, legal.values()) : undefined);
    if (candidate !== undefined && kernelVersion(candidate) === one.kernelVersion)
      return { candidate, cost: one.cost ?? 0 };
  }
  return undefined;
}

/** What is offered, the cheapest by the estimate first, and the neighbours of what was measured: as far as a search may have come. */
function reachable(measured: readonly Measurement[], layer: Layer, backend: Backend): ReadonlyMap<string, Candidate> {
  const found = new Map<string, Candidate>();
  const texts = new Set(measured.map(choiceText));
  const open = [...offeredChoices(layer, backend)];
  for (const choice of open) {
    if (found.has(choice.text)) continue;
    found.set(choice.text, choice.candidate);
    if (texts.has(choice.text)) open.push(...nearChoices(layer, backend, choice));
  }
  return found;
}

function likeChoice(one: Measurement, legal: Iterable<Candidate>): Candidate | undefined {
  const names = Object.keys(one.parameters);
  for (const candidate of legal) {
    if (candidate.kernel !== one.kernel || Object.keys(candidate.parameters).length !== names.length) continue;
    const differing = names.filter((name) => candidate.parameters[name] !== one.parameters[name]);
    if (differing.length === 1) return candidate;
  }
  return undefined;
}
