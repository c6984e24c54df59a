import type { Backend } from '@ait-rvv/codegen-core';
import { nearChoices, offeredChoices, type Choice } from '../layers/candidates.js';
import type { Layer } from '../layers/layer.js';
import type { KnownResults } from './known.js';
import { planBatch, type Known } from './plan-batch.js';

/** The choices of one layer and what is known of them. */
export class LayerSearch {
  readonly layer: Layer;
  /** What the kernels offer, the cheapest by the estimate first. */
  readonly offered: readonly Choice[];
  readonly #near = new Map<string, readonly Choice[]>();
  readonly #backend: Backend;
  readonly #results: KnownResults;
  readonly #budget: number;

  constructor(layer: Layer, backend: Backend, results: KnownResults, budget: number) {
    this.layer = layer;
    this.#backend = backend;
    this.#results = results;
    this.#budget = budget;
    this.offered = offeredChoices(layer, backend);
  }

  /** The choices to measure next; none when the search is over. */
  next(): readonly Choice[] {
    const near = (choice: Choice): readonly Choice[] => this.#nearOf(choice);
    return planBatch({ offered: this.offered, near, budget: this.#budget }, this.known());
  }

  /** Every choice there is: the offered ones and all their neighbours. */
  everything(): readonly Choice[] {
    const all = this.offered.flatMap((choice) => [choice, ...this.#nearOf(choice)]);
    return [...new Map(all.map((choice) => [choice.text, choice])).values()];
  }

  /** What is known of every choice that the search may come to. */
  known(): ReadonlyMap<string, Known> {
    const known = new Map(this.#results.of(this.layer, this.offered));
    // Neighbours of neighbours: as far as anything is known of them.
    let border: readonly Choice[] = this.offered.filter(({ text }) => known.get(text)?.status === 'ok');
    while (border.length > 0) {
      const further = border.flatMap((choice) => this.#nearOf(choice)).filter(({ text }) => !known.has(text));
      const found = this.#results.of(this.layer, further);
      border = further.filter(({ text }) => found.get(text)?.status === 'ok');
      for (const [text, result] of found) known.set(text, result);
    }
    return known;
  }

  /** The best choice that was measured, with its cost; undefined when none was. */
  best(): { readonly choice: Choice; readonly cost: number } | undefined {
    const known = this.known();
    let best: { readonly choice: Choice; readonly cost: number } | undefined;
    const seen = new Set<string>();
    const visit = (choice: Choice): void => {
      if (seen.has(choice.text)) return;
      seen.add(choice.text);
      const found = known.get(choice.text);
      if (found?.status !== 'ok') return;
      if (best === undefined || found.cost < best.cost) best = { choice, cost: found.cost };
      this.#nearOf(choice).forEach(visit);
    };
    this.offered.forEach(visit);
    return best;
  }

  /** The choice the cost estimate makes. */
  get estimated(): Choice | undefined {
    return this.offered[0];
  }

  #nearOf(choice: Choice): readonly Choice[] {
    const known = this.#near.get(choice.text) ?? nearChoices(this.layer, this.#backend, choice);
    this.#near.set(choice.text, known);
    return known;
  }
}
