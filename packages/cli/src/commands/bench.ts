import { CheckError, flag, grouped, JSON_OPTION, table, text, UsageError, type Values, whole } from '@ait-rvv/command';
import { DEVICE_OPTIONS, timeoutOf } from '../device-options.js';
import { INSTRUCTION_CLASSES, type Executor, type InstructionCounts, type Machine } from '@ait-rvv/remote';
import { readFileSync } from 'node:fs';
import type { Command, Context } from '../context.js';
import { describeFigures, profileOnDevice, type ProfileFigures, type ProfileSettings } from '../profile-device.js';
import { programOf, readManifest, type Manifest } from '../program-folder.js';
import { openDevice, runOnDevice } from '../wire.js';

export const bench: Command = {
  name: 'bench',
  positional: '<dir>',
  summary: 'measure a compiled program',
  example: 'ait-rvv bench out --device qemu --json',
  options: {
    ...DEVICE_OPTIONS,
    ...JSON_OPTION,
    iterations: { type: 'string', describe: 'timed inferences (default 1 on the emulator, else 20)' },
    warmup: { type: 'string', describe: 'inferences before them (default 0 on the emulator, else 3)' },
    threads: { type: 'string', describe: 'threads of one inference (default: as compiled)' },
    baseline: { type: 'string', describe: 'an earlier --json report to compare with' },
    'max-regress': { type: 'string', default: '5%', describe: 'how much worse than the baseline is still accepted' },
  },
  run: (values, context) => measure(String(values['dir']), values, context),
};

interface Report {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly device: string;
  readonly threads: number;
  readonly iterations: number;
  readonly total: {
    readonly multiplyAdds: number;
    readonly instructions?: number;
    readonly vectorMultiplyAdds?: number;
    readonly classes?: InstructionCounts['classes'];
    readonly nanoseconds?: { readonly min: number; readonly median: number; readonly p95: number };
    /** Median, of all threads. */
    readonly cycles?: number;
  };
  /** Of a measurement on a real machine. */
  readonly profile?: ProfileFigures;
  readonly memory: unknown;
  readonly layers: readonly { readonly name: string; readonly kernel: string; readonly multiplyAdds: number }[];
}

async function measure(folder: string, values: Values, context: Context): Promise<number> {
  const manifest = readManifest(folder);
  const program = programOf(folder, manifest);
  const device = text(values, 'device') ?? 'qemu';
  const regress = percentage(text(values, 'max-regress') ?? '5%');
  const baseline = readBaseline(text(values, 'baseline'));
  const executor = await openDevice(device, values, context);
  try {
    const emulated = executor.device.kind === 'qemu';
    const threads = whole(values, 'threads', 1, 1024) ?? manifest.threads;
    const iterations = whole(values, 'iterations', 1, 1_000_000) ?? (emulated ? 1 : 20);
    const warmup = whole(values, 'warmup', 0, 1_000_000) ?? (emulated ? 0 : 3);
    const timeoutMs = timeoutOf(values);
    const settings = { device, threads, iterations };
    const measured = { folder, manifest, program, threads, iterations, warmup, timeoutMs };
    const report =
      executor.machine === undefined
        ? await countReport(executor, measured, settings, context)
        : await timedReport(executor, executor.machine, measured, settings, context);
    context.print(flag(values, 'json') ? JSON.stringify(report) : describe(report));
    if (baseline !== undefined) compare(report, baseline, regress);
    return 0;
  } finally {
    await executor.close();
  }
}

type Settings = Pick<Report, 'device' | 'threads' | 'iterations'>;

async function countReport(
  executor: Executor,
  { folder, manifest, program, threads, iterations, warmup, timeoutMs }: ProfileSettings,
  settings: Settings,
  context: Context,
): Promise<Report> {
  const args = ['--json', '--iterations', `${iterations}`, '--warmup', `${warmup}`, '--threads', `${threads}`];
  const result = await runOnDevice(executor, { folder, manifest, program, args }, context, { count: true, timeoutMs });
  return makeReport(manifest, settings, result.stdout, result.counts);
}

async function timedReport(
  executor: Executor,
  machine: Machine,
  measured: ProfileSettings,
  settings: Settings,
  context: Context,
): Promise<Report> {
  const { report: own, figures } = await profileOnDevice(executor, machine, measured, context);
  const report = makeReport(measured.manifest, settings, JSON.stringify(own), undefined);
  const { min, median, p95 } = figures.nanoseconds;
  const cycles = figures.cycles === undefined ? {} : { cycles: figures.cycles.median };
  return { ...report, total: { ...report.total, nanoseconds: { min, median, p95 }, ...cycles }, profile: figures };
}

function makeReport(
  manifest: Manifest,
  settings: Settings,
  stdout: string,
  counts: InstructionCounts | undefined,
): Report {
  const own = JSON.parse(stdout) as { nanoseconds: { min: number; median: number; p95: number }; memory: unknown };
  const multiplyAdds = manifest.layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
  const per = (count: number): number => count / settings.iterations;
  return {
    schemaVersion: 1,
    name: manifest.name,
    ...settings,
    // Wall time under emulation says nothing about a vector unit and is left out.
    total:
      counts === undefined
        ? { multiplyAdds, nanoseconds: own.nanoseconds }
        : {
            multiplyAdds,
            instructions: per(counts.instructions),
            vectorMultiplyAdds: per(counts.vectorMultiplyAdds),
            classes: Object.fromEntries(
              INSTRUCTION_CLASSES.map((name) => [name, per(counts.classes[name])]),
            ) as InstructionCounts['classes'],
          },
    memory: own.memory,
    layers: manifest.layers.map(({ name, kernel, multiplyAdds: needed }) => ({ name, kernel, multiplyAdds: needed })),
  };
}

function describe(report: Report): string {
  const { total } = report;
  const lines = [
    `${report.name} on ${report.device}, ${report.threads} thread${report.threads === 1 ? '' : 's'}, per inference`,
  ];
  if (report.profile !== undefined) lines.push(describeFigures(report.profile));
  else if (total.nanoseconds !== undefined) {
    const { min, median, p95 } = total.nanoseconds;
    lines.push(
      `min ${(min / 1e6).toFixed(3)} ms, median ${(median / 1e6).toFixed(3)} ms, p95 ${(p95 / 1e6).toFixed(3)} ms`,
    );
  }
  if (total.classes !== undefined && total.instructions !== undefined) {
    const all = total.instructions;
    const rows = Object.entries(total.classes)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => [name, grouped(count), `${((100 * count) / all).toFixed(1)}%`]);
    lines.push(table(['instructions', 'executed', 'share'], [...rows, ['all', grouped(all), '100.0%']]));
    const useful = (100 * total.multiplyAdds) / Math.max(1, total.vectorMultiplyAdds ?? 0);
    lines.push(
      `multiply-adds: ${grouped(total.multiplyAdds)} needed, room for ${grouped(total.vectorMultiplyAdds ?? 0)} executed (${useful.toFixed(1)}% filled)`,
    );
  }
  return lines.join('\n');
}

function percentage(given: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(given);
  if (match === null) throw new UsageError(`--max-regress takes a percentage such as 5%, not ${JSON.stringify(given)}`);
  return Number(match[1]) / 100;
}

function readBaseline(path: string | undefined): Report | undefined {
  if (path === undefined) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Report>;
    if (value.schemaVersion === 1 && value.total !== undefined) return value as Report;
  } catch {
    // Said below, as for a file of another kind.
  }
  throw new UsageError(`${JSON.stringify(path)} is no report of ait-rvv bench --json`);
}

/** What two reports are compared by: the first that both have. */
const FIGURES: readonly { readonly name: string; readonly of: (report: Report) => number | undefined }[] = [
  { name: 'the number of instructions', of: ({ total }) => total.instructions },
  { name: 'the median number of cycles', of: ({ total }) => total.cycles },
  { name: 'the median time', of: ({ total }) => total.nanoseconds?.median },
];

function compare(now: Report, before: Report, regress: number): void {
  const key = FIGURES.find((one) => one.of(now) !== undefined && one.of(before) !== undefined);
  const [a, b] = [key?.of(now), key?.of(before)];
  if (now.device !== before.device || now.threads !== before.threads || a === undefined || b === undefined) {
    throw new UsageError('the baseline was measured on another device or with other threads');
  }
  if (a > b * (1 + regress)) {
    throw new CheckError(
      `${key?.name ?? ''} went from ${grouped(b)} to ${grouped(a)} (${((100 * (a - b)) / b).toFixed(1)}% more)`,
    );
  }
}
