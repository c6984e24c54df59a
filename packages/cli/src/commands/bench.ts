import { flag, JSON_OPTION, text, type Values, whole } from '@ait-rvv/command';
import { compareWithBaseline, percentage, readBaseline } from '../bench/baseline.js';
import { describeReport } from '../bench/describe.js';
import { profileProgram } from '../bench/profile.js';
import { timeProgram } from '../bench/time.js';
import type { Command, Context } from '../context.js';
import { DEVICE_OPTIONS, timeoutOf } from '../device-options.js';
import { programOf, readManifest } from '../program-folder.js';
import { openDevice } from '../wire.js';

export const bench: Command = {
  name: 'bench',
  positional: '<dir>',
  summary: 'measure a compiled program, as a whole and by layer',
  example: 'ait-rvv bench out --device sim:spacemit-x60',
  options: {
    ...DEVICE_OPTIONS,
    ...JSON_OPTION,
    iterations: { type: 'string', describe: 'timed inferences (default 1 on an emulator, else 20)' },
    warmup: { type: 'string', describe: 'inferences before them (default 0 on an emulator, else 3)' },
    threads: { type: 'string', describe: 'threads of one inference (default: as compiled)' },
    baseline: { type: 'string', describe: 'an earlier --json report to compare with' },
    'max-regress': { type: 'string', default: '5%', describe: 'how much worse than the baseline is still accepted' },
  },
  run: (values, context) => measure(String(values['dir']), values, context),
};

async function measure(folder: string, values: Values, context: Context): Promise<number> {
  const manifest = readManifest(folder);
  const program = programOf(folder, manifest);
  const regress = percentage(text(values, 'max-regress') ?? '5%');
  const baseline = readBaseline(text(values, 'baseline'));
  const executor = await openDevice(text(values, 'device') ?? 'qemu', values, context);
  try {
    const emulated = executor.machine === undefined;
    const threads = whole(values, 'threads', 1, 1024) ?? manifest.threads;
    const iterations = whole(values, 'iterations', 1, 1_000_000) ?? (emulated ? 1 : 20);
    const warmup = whole(values, 'warmup', 0, 1_000_000) ?? (emulated ? 0 : 3);
    const work = { folder, manifest, program, threads, iterations, warmup, timeoutMs: timeoutOf(values) };
    const report = await (executor.machine === undefined
      ? profileProgram(executor, work, context)
      : timeProgram(executor, executor.machine, work, context));
    context.print(flag(values, 'json') ? JSON.stringify(report) : describeReport(report));
    if (baseline !== undefined) compareWithBaseline(report, baseline, regress);
    return 0;
  } finally {
    await executor.close();
  }
}
