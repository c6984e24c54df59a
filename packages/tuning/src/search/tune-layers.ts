import type { Backend } from '@ait-rvv/codegen-core';
import { multiplyAddsOf } from '@ait-rvv/ir';
import { RemoteError } from '@ait-rvv/remote';
import type { Choice } from '../layers/candidates.js';
import type { Layer } from '../layers/layer.js';
import type { TrialResult } from '../trial/trial.js';
import type { KnownResults } from './known.js';
import { LayerSearch } from './search-layer.js';

/** Measures choices of a layer; results in their order. Throws when it is not a choice that fails. */
export type TryChoices = (layer: Layer, choices: readonly Choice[]) => Promise<readonly TrialResult[]>;

/** How much may be measured. */
export interface Budget {
  /** Choices of each layer. */
  readonly choices: number;
  /** Milliseconds of the whole run; Infinity for no limit. */
  readonly time: number;
}

export interface TuneOptions {
  readonly backend: Backend;
  readonly results: KnownResults;
  readonly tryChoices: TryChoices;
  readonly budget: Budget;
  /** Layers that are searched at a time. */
  readonly slots: number;
  readonly signal: AbortSignal;
  /** Told after every batch. */
  readonly progress?: (progress: TuneProgress) => void;
}

export interface TuneProgress {
  readonly layersDone: number;
  readonly layers: number;
  /** Choices measured by this run. */
  readonly measured: number;
  readonly failed: number;
  readonly elapsedMs: number;
  /** By the work of the layers that are done; undefined while none is. */
  readonly leftMs: number | undefined;
}

export interface TuneOutcome {
  readonly searches: readonly LayerSearch[];
  readonly measured: number;
  readonly failed: number;
  /** Layers whose search the time budget has ended. */
  readonly unfinished: number;
}

/**
 * Searches every layer for its best choice. Every batch is written down when it is measured: whatever ends the run, the
 * next one goes on from there. The first error of device, compiler or disk ends all searches and is thrown.
 */
export async function tuneLayers(layers: readonly Layer[], options: TuneOptions): Promise<TuneOutcome> {
  const run = new TuneRun(layers, options);
  await run.all();
  return run.outcome();
}

class TuneRun {
  readonly #searches: readonly LayerSearch[];
  readonly #options: TuneOptions;
  readonly #start = Date.now();
  readonly #done = new Set<LayerSearch>();
  /** Layers that this run has measured something of: the time they took tells how long the others take. */
  readonly #worked = new Set<LayerSearch>();
  #next = 0;
  #measured = 0;
  #failed = 0;
  #error: unknown;

  constructor(layers: readonly Layer[], options: TuneOptions) {
    this.#options = options;
    this.#searches = layers.map(
      (layer) => new LayerSearch(layer, options.backend, options.results, options.budget.choices),
    );
  }

  async all(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.slots }, () => this.#worker()));
    if (this.#error !== undefined) throw this.#error as Error;
    if (this.#options.signal.aborted) throw new RemoteError('interrupted', 'interrupted');
  }

  outcome(): TuneOutcome {
    const unfinished = this.#searches.length - this.#done.size;
    return { searches: this.#searches, measured: this.#measured, failed: this.#failed, unfinished };
  }

  get #over(): boolean {
    const { signal, budget } = this.#options;
    return signal.aborted || this.#error !== undefined || Date.now() - this.#start >= budget.time;
  }

  async #worker(): Promise<void> {
    for (let search = this.#take(); search !== undefined && !this.#over; search = this.#take()) {
      try {
        await this.#search(search);
      } catch (error) {
        this.#error ??= error;
      }
    }
  }

  #take(): LayerSearch | undefined {
    return this.#searches[this.#next++];
  }

  async #search(search: LayerSearch): Promise<void> {
    const { results, tryChoices } = this.#options;
    for (let batch = search.next(); batch.length > 0; batch = search.next()) {
      if (this.#over) return;
      const found = await tryChoices(search.layer, batch);
      results.add(search.layer, batch, found);
      this.#worked.add(search);
      this.#measured += batch.length;
      this.#failed += found.filter(({ status }) => status === 'failed').length;
      this.#tell();
    }
    this.#done.add(search);
    this.#tell();
  }

  #tell(): void {
    const elapsedMs = Date.now() - this.#start;
    const work = (list: Iterable<LayerSearch>): number => [...list].reduce((sum, { layer }) => sum + effort(layer), 0);
    const spent = work([...this.#worked].filter((search) => this.#done.has(search)));
    const left = work(this.#searches.filter((search) => !this.#done.has(search)));
    this.#options.progress?.({
      layersDone: this.#done.size,
      layers: this.#searches.length,
      measured: this.#measured,
      failed: this.#failed,
      elapsedMs,
      leftMs: spent === 0 ? undefined : (elapsedMs * left) / spent,
    });
  }
}

/** What measuring a layer takes, roughly: compiling, and running what samples are bounded to. */
function effort(layer: Layer): number {
  return 5e6 + Math.min(2e7, multiplyAddsOf(layer.graph, layer.node));
}
