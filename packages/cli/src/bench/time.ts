import { printable } from '@ait-rvv/command';
import { describeDevice, measureProgram, type Executor, type Machine } from '@ait-rvv/remote';
import type { Context } from '../context.js';
import { programFiles } from '../wire.js';
import { benchReport, type BenchReport, type BenchWork } from './report.js';

/** Times a program on a real machine, alone there, as a whole and by layer. */
export async function timeProgram(
  executor: Executor,
  machine: Machine,
  { folder, manifest, ...request }: BenchWork,
  context: Context,
): Promise<BenchReport> {
  const { device } = executor;
  const { program, threads, iterations } = request;
  const workspace = await executor.open(folder, { files: programFiles(folder, program), march: manifest.march });
  try {
    const { model, kernel, vlen } = await machine.fingerprint();
    const measured = await measureProgram(machine, workspace, {
      ...request,
      options: ['--profile'],
      signal: context.signal,
      log: context.log,
    });
    const { nanoseconds, cycles, cpus, before, after, warnings, report: own } = measured;
    for (const warning of warnings) context.log(printable(`warning: ${warning}`));
    const result = { exitCode: 0, signal: null, stdout: JSON.stringify(own), stderr: '', timedOut: false };
    const settings = { device, deviceText: describeDevice(device), threads, iterations };
    const report = benchReport(manifest, settings, result);
    const { min, median, p95 } = nanoseconds;
    const counted = cycles === undefined ? {} : { cycles: cycles.median };
    return {
      ...report,
      total: { ...report.total, nanoseconds: { min, median, p95 }, ...counted },
      measurement: {
        nanoseconds,
        ...(cycles === undefined ? {} : { cycles }),
        cpus,
        machine: { model, kernel, vlen },
        before,
        after,
        warnings,
      },
    };
  } finally {
    await workspace.close();
  }
}
