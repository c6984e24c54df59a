import { flag, text, UsageError, whole, type Values } from '@ait-rvv/command';
import { lower, type Backend } from '@ait-rvv/codegen-core';
import { parseRatio } from '@ait-rvv/pruning';
import type { MeasuredPlanning, Measure } from '@ait-rvv/pruning/command';
import { coreNames, loadCore } from '@ait-rvv/remote';
import {
  CacheError,
  measuredCostModel,
  MeasuredCosts,
  type DeviceFingerprint,
  type Measurement,
} from '@ait-rvv/tuning';
import type { Context } from '../context.js';
import { createBackend, WINOGRAD_OPTION } from '../wire.js';
import { readMeasurements } from './measurements.js';

/** What `--ratio` stands for where there is none: half of the columns. */
const TYPICAL_KEPT = 0.5;

/** Options of `prune` that take measurements into account. */
export const MEASURED_PLANNING: MeasuredPlanning<Context> = {
  options: {
    'target-latency': { type: 'string', describe: 'find ratios so that an inference takes so many cycles at most' },
    tuning: { type: 'string', describe: 'measurements to plan by: mask tiles and --target-latency (ait-rvv tune)' },
    'tuned-on': { type: 'string', describe: 'device whose measurements count, where the file holds several' },
    threads: { type: 'string', default: '1', describe: 'threads of the inference that is planned for' },
    march: { type: 'string', default: 'rv64gcv', describe: 'architecture that was tuned for' },
    ...WINOGRAD_OPTION,
  },
  prepare: prepareMeasure,
};

async function prepareMeasure(values: Values): Promise<Measure> {
  const limit = whole(values, 'target-latency', 1, Number.MAX_SAFE_INTEGER);
  const path = text(values, 'tuning');
  if (path === undefined) {
    if (limit === undefined) return () => undefined;
    throw new UsageError('--target-latency needs --tuning, the measurements it goes by', [
      'ait-rvv tune MODEL --prune 0.5 --prune 0.75 -o tuning.db makes them',
    ]);
  }
  const threads = whole(values, 'threads', 1, 1024) ?? 1;
  const options = { winograd: flag(values, 'winograd'), threads };
  const backend = createBackend('rvv', text(values, 'march') ?? 'rv64gcv', options);
  const { measurements, device } = await readMeasurements(path, backend, threads, values);
  if (limit !== undefined) requireCurrentModel(device);
  return (loaded) => {
    const costs = new MeasuredCosts(measurements, lower(loaded.graph, backend), backend);
    const tileRows = costs.bestTileRows(keptShare(text(values, 'ratio')));
    return {
      ...(tileRows === undefined ? {} : { tileRows }),
      ...(limit === undefined ? {} : { budget: { limit, cost: measuredCostModel(costs) } }),
    };
  };
}

/** What a core cost by an earlier model of it says nothing about what it costs now. */
function requireCurrentModel({ name, version }: DeviceFingerprint): void {
  const current = coreNames()
    .map(loadCore)
    .find(({ core }) => `sim:${core.name}` === name);
  if (current === undefined || current.version === version) return;
  throw new CacheError(
    `the tuning file holds cycles of ${name} by model ${version}, this release has model ${current.version}`,
    ['tune again, into the same file; a core file of your own needs a name of its own'],
  );
}

/** Takes the height of mask tiles from measurements, for a program that is pruned while it is compiled. */
export function measuredTiles(measurements: readonly Measurement[], backend: Backend, ratio: string): Measure {
  return (loaded) => {
    const tileRows = new MeasuredCosts(measurements, lower(loaded.graph, backend), backend).bestTileRows(
      keptShare(ratio),
    );
    return tileRows === undefined ? undefined : { tileRows };
  };
}

function keptShare(ratio: string | undefined): number {
  return ratio === undefined || parseRatio(ratio) === undefined ? TYPICAL_KEPT : 1 - Number(ratio);
}
