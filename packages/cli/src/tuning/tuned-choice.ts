import { flag, text, UsageError, type OptionDef, type Values } from '@ait-rvv/command';
import type { Backend, Choose } from '@ait-rvv/codegen-core';
import type { Graph } from '@ait-rvv/ir';
import { formsOf, hasPitched, measuredChoice, measuredForm } from '@ait-rvv/tuning';
import type { Measure } from '@ait-rvv/pruning/command';
import type { Context } from '../context.js';
import { measuredTiles } from './measured-planning.js';
import { readMeasurements } from './measurements.js';

/** Options of commands that use measurements. */
export const TUNING_OPTIONS = {
  tuning: { type: 'string', describe: 'choose kernels by the measurements in this file (ait-rvv tune)' },
  'no-tuning': { type: 'boolean', describe: 'choose kernels by the cost estimate, whatever --tuning says' },
  'tuned-on': { type: 'string', describe: 'device whose measurements count, where the file holds several' },
} as const satisfies Record<string, OptionDef>;

/** What measurements decide of a program. */
export interface TunedChoice {
  readonly choose?: Choose;
  /** The backend, or the rival of it that was measured to be better for a graph. */
  readonly form?: (lower: (backend: Backend) => Graph) => Backend;
  /** Height of mask tiles, for `--prune`. */
  readonly measure?: Measure;
}

/** Chooses kernels by measurements, when the options say so. */
export async function tunedChoice(
  backend: Backend,
  threads: number,
  values: Values,
  context: Context,
): Promise<TunedChoice> {
  const path = text(values, 'tuning');
  if (path === undefined || flag(values, 'no-tuning')) return {};
  if (backend.id !== 'rvv') throw new UsageError('--tuning belongs to --target rvv');
  const { measurements, text: setting } = await readMeasurements(path, backend, threads, values);
  context.log(`kernels as measured on ${setting}`);
  const ratio = text(values, 'prune');
  return {
    choose: measuredChoice(measurements, backend),
    ...(hasPitched(measurements)
      ? { form: (lower) => measuredForm(formsOf(backend, lower), measurements)?.backend ?? backend }
      : {}),
    ...(ratio === undefined ? {} : { measure: measuredTiles(measurements, backend, ratio) }),
  };
}
