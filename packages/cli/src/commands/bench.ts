import { flag, JSON_OPTION, text, type Values, whole } from '@ait-rvv/command';
import { describeDevice } from '@ait-rvv/remote';
import { compareWithBaseline, percentage, readBaseline } from '../bench/baseline.js';
import { describeReport } from '../bench/describe.js';
import { benchReport } from '../bench/report.js';
import type { Command, Context } from '../context.js';
import { DEVICE_OPTIONS } from '../device-options.js';
import { programOf, readManifest } from '../program-folder.js';
import { openDevice, runOnDevice } from '../wire.js';

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
  const executor = await openDevice(text(values, 'device') ?? 'qemu', context);
  try {
    const { device } = executor;
    const emulated = device.kind !== 'local';
    const threads = whole(values, 'threads', 1, 1024) ?? manifest.threads;
    const iterations = whole(values, 'iterations', 1, 1_000_000) ?? (emulated ? 1 : 20);
    const warmup = whole(values, 'warmup', 0, 1_000_000) ?? (emulated ? 0 : 3);
    const numbers = { iterations, warmup, threads };
    const argv = [
      program,
      '--json',
      ...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, `${value}`]),
      ...(emulated ? [] : ['--profile']),
      // An emulator's order of threads is no board's; dealt out, every thread's work is the same in every run.
      ...(device.kind === 'sim' && threads > 1 ? ['--schedule', 'static'] : []),
    ];
    const result = await runOnDevice(executor, folder, argv, context, { profile: emulated });
    const deviceText = describeDevice(device);
    const report = benchReport(manifest, { device, deviceText, threads, iterations }, result);
    context.print(flag(values, 'json') ? JSON.stringify(report) : describeReport(report));
    if (baseline !== undefined) compareWithBaseline(report, baseline, regress);
    return 0;
  } finally {
    await executor.close();
  }
}
