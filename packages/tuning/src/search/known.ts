import type { MeasurementCache } from '../cache/cache.js';
import { keyText, type Measurement, type MeasurementKey } from '../cache/measurement.js';
import type { Choice } from '../layers/candidates.js';
import { kernelVersion, type Layer } from '../layers/layer.js';
import type { TrialResult } from '../trial/trial.js';
import type { Known } from './plan-batch.js';

/** Where and with what is measured: the part of a key that all measurements of a run share. */
export type Setting = Pick<MeasurementKey, 'device' | 'compiler'> & Pick<Measurement, 'unit'>;

/** What a cache holds about the layers of one setting. */
export class KnownResults {
  readonly #cache: MeasurementCache;
  readonly #setting: Setting;
  readonly #byKey = new Map<string, Measurement>();
  readonly #keys = new WeakMap<Choice, string>();

  constructor(cache: MeasurementCache, setting: Setting) {
    this.#cache = cache;
    this.#setting = setting;
    this.refresh();
  }

  /** Looks at what other processes have added meanwhile. */
  refresh(): void {
    for (const one of this.#cache.all()) this.#byKey.set(keyText(one), one);
  }

  /** What is known of these choices for a layer. */
  of(layer: Layer, choices: readonly Choice[]): ReadonlyMap<string, Known> {
    const known = new Map<string, Known>();
    for (const choice of choices) {
      const found = this.get(layer, choice);
      if (found !== undefined) known.set(choice.text, toKnown(found));
    }
    return known;
  }

  get(layer: Layer, choice: Choice): Measurement | undefined {
    const text = this.#keys.get(choice) ?? keyText(this.#key(layer, choice));
    this.#keys.set(choice, text);
    return this.#byKey.get(text);
  }

  /** Writes results down at once, all of them together. */
  add(layer: Layer, choices: readonly Choice[], results: readonly TrialResult[]): void {
    const list = choices.map((choice, index): Measurement => {
      const result = results[index] ?? { status: 'failed', detail: 'it was not tried' };
      const cost = result.status === 'ok' ? result.cost : null;
      return {
        ...this.#key(layer, choice),
        status: result.status,
        cost,
        unit: this.#setting.unit,
        detail: result.detail,
      };
    });
    this.#cache.append(list);
    for (const one of list) if (!this.#byKey.has(keyText(one))) this.#byKey.set(keyText(one), one);
  }

  #key({ text, sparsity }: Layer, { candidate }: Choice): MeasurementKey {
    const { device, compiler } = this.#setting;
    const { kernel, parameters } = candidate;
    return {
      layer: text,
      dtype: 'f32',
      sparsity,
      kernel,
      parameters,
      kernelVersion: kernelVersion(candidate),
      device,
      compiler,
    };
  }
}

function toKnown({ status, cost }: Measurement): Known {
  return status === 'ok' && cost !== null ? { status, cost } : { status: 'failed' };
}
