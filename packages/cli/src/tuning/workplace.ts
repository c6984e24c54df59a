import { text, withScratch, type Values } from '@ait-rvv/command';
import type { Backend } from '@ait-rvv/codegen-core';
import {
  compilerText,
  KnownResults,
  openCache,
  tryChoices,
  Workshop,
  type MeasurementCache,
  type Setting,
  type TrialDevice,
  type TryChoices,
} from '@ait-rvv/tuning';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { openTrialDevice } from './trial-device.js';

/** Multiply-adds of the largest sample of a layer: a tenth of a second of emulation. */
const MOST_WORK = 12e6;

/** Everything that measuring takes. */
export interface Workplace {
  readonly results: KnownResults;
  readonly tryChoices: TryChoices;
  readonly device: TrialDevice;
  readonly setting: Setting;
}

/** Opens cache, device and workshop as the options say, and closes them after `work`. */
export async function withWorkplace<T>(
  backend: Backend,
  values: Values,
  context: Context,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const cache = await openCache(text(values, 'output') ?? '', 'write');
  try {
    return await withDevice(backend, values, context, cache, work);
  } finally {
    cache.close();
  }
}

async function withDevice<T>(
  backend: Backend,
  values: Values,
  context: Context,
  cache: MeasurementCache,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const { env, jobs, signal } = context;
  const { march } = backend.target;
  const command = text(values, 'cc');
  const toolchain = await context.toolchain();
  const compiler = await compilerText(toolchain, march, env, command);
  const device = await openTrialDevice(march, values, context);
  try {
    return await withScratch(async (scratch) => {
      const folder = join(scratch, 'workshop');
      mkdirSync(folder);
      const own = command === undefined ? {} : { compiler: command };
      const workshop = new Workshop({ folder, toolchain, march, jobs, env, signal, ...own });
      const trial = { backend, workshop, device, scratch, mostWork: MOST_WORK, signal };
      const setting = { device: device.fingerprint, compiler, unit: device.unit };
      const results = new KnownResults(cache, setting);
      return work({ results, device, setting, tryChoices: (layer, choices) => tryChoices(layer, choices, trial) });
    });
  } finally {
    await device.close();
  }
}
