import { describeDevice, type Executor } from '@ait-rvv/remote';
import type { Context } from '../context.js';
import { runOnDevice } from '../wire.js';
import { benchReport, type BenchReport, type BenchWork } from './report.js';

/** Counts what a program executes on an emulator, and on a modelled core what that costs. */
export async function profileProgram(executor: Executor, work: BenchWork, context: Context): Promise<BenchReport> {
  const { device } = executor;
  const { folder, manifest, program, threads, iterations, warmup, timeoutMs } = work;
  const numbers = { iterations, warmup, threads };
  const args = [
    '--json',
    ...Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    // An emulator's order of threads is no board's; dealt out, every thread's work is the same in every run.
    ...(device.kind === 'sim' && threads > 1 ? ['--schedule', 'static'] : []),
  ];
  const result = await runOnDevice(executor, { folder, manifest, program, args }, context, {
    profile: true,
    timeoutMs,
  });
  return benchReport(manifest, { device, deviceText: describeDevice(device), threads, iterations }, result);
}
