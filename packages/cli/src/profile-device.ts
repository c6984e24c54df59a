import { table } from '@ait-rvv/command';
import { profileProgram, type Conditions, type Executor, type Machine, type Statistics } from '@ait-rvv/remote';
import type { Context } from './context.js';
import type { Manifest } from './program-folder.js';
import { programFiles } from './wire.js';

export interface ProfileSettings {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly program: string;
  readonly threads: number;
  readonly iterations: number;
  readonly warmup: number;
  readonly timeoutMs: number;
}

/** What a measurement on a real machine adds to a report. */
export interface ProfileFigures {
  readonly nanoseconds: Statistics;
  /** Of all threads; absent where the kernel lets nobody count. */
  readonly cycles?: Statistics;
  /** Cores the program was bound to. */
  readonly cpus: readonly number[];
  readonly machine: { readonly model: string; readonly kernel: string; readonly vlen: number };
  readonly before: Conditions;
  readonly after: Conditions;
  readonly warnings: readonly string[];
}

/** Measures a program on a real machine, alone there; returns the program's own report, too. */
export async function profileOnDevice(
  executor: Executor,
  machine: Machine,
  settings: ProfileSettings,
  context: Context,
): Promise<{ readonly report: Readonly<Record<string, unknown>>; readonly figures: ProfileFigures }> {
  const { folder, manifest, program } = settings;
  const workspace = await executor.open(folder, { files: programFiles(folder, program), march: manifest.march });
  try {
    const { model, kernel, vlen } = await machine.fingerprint();
    const profile = await profileProgram(machine, workspace, {
      ...settings,
      signal: context.signal,
      log: context.log,
    });
    const { nanoseconds, cycles, cpus, before, after, warnings, report } = profile;
    for (const warning of warnings) context.log(`warning: ${warning}`);
    const counted = cycles === undefined ? {} : { cycles };
    return {
      report,
      figures: { nanoseconds, ...counted, cpus, machine: { model, kernel, vlen }, before, after, warnings },
    };
  } finally {
    await workspace.close();
  }
}

/** The figures for people, below the times. */
export function describeFigures({ nanoseconds, cycles, cpus, machine }: ProfileFigures): string {
  const row = (name: string, { min, median, p95, spread, outliers, count }: Statistics, scale: number): string[] => [
    name,
    (min / scale).toFixed(3),
    (median / scale).toFixed(3),
    (p95 / scale).toFixed(3),
    `${(100 * spread).toFixed(1)}%`,
    `${outliers} of ${count}`,
  ];
  const rows = [
    row('ms', nanoseconds, 1e6),
    ...(cycles === undefined ? [] : [row('million cycles, all threads', cycles, 1e6)]),
  ];
  const where = `${machine.model === '' ? 'the machine' : machine.model}, VLEN ${machine.vlen}, Linux ${machine.kernel}`;
  const on = cpus.length === 0 ? 'not bound to cores' : `on core${cpus.length === 1 ? '' : 's'} ${cpus.join(', ')}`;
  return `${where}; ${on}\n${table(['', 'min', 'median', 'p95', 'spread', 'disturbed'], rows)}`;
}
