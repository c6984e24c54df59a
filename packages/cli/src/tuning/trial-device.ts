import { printable, text, UsageError, whole, type Values } from '@ait-rvv/command';
import { RemoteError, requireAlike, type Executor } from '@ait-rvv/remote';
import { devicePool, machineDevice, simDevice, type TrialDevice } from '@ait-rvv/tuning';
import type { Context } from '../context.js';
import { timeoutOf } from '../device-options.js';
import { openDevice } from '../wire.js';

/** What `--device` names: one device, or several boards of one kind, `a,b`. */
export async function openTrialDevice(march: string, values: Values, context: Context): Promise<TrialDevice> {
  const names = (text(values, 'device') ?? '').split(',');
  if (new Set(names).size < names.length) throw new UsageError('--device names a board twice');
  const executors: Executor[] = [];
  try {
    for (const name of names) executors.push(await openDevice(name, values, context));
    if (executors.length > 1) await requireAlikeBoards(names, executors);
    const devices = await Promise.all(executors.map((executor) => trialDevice(executor, march, values, context)));
    return devicePool(devices, (line) => context.log(printable(line)));
  } catch (error) {
    await Promise.all(executors.map((executor) => executor.close()));
    throw error;
  }
}

async function requireAlikeBoards(names: readonly string[], executors: readonly Executor[]): Promise<void> {
  const boards = executors.map(async ({ machine }, index) => {
    const name = names[index] ?? '';
    if (machine === undefined)
      throw new UsageError(`--device takes several boards, and ${JSON.stringify(name)} is none`);
    return { name, fingerprint: await machine.fingerprint() };
  });
  requireAlike(await Promise.all(boards));
}

/** What runs trials on an executor. Throws RemoteError where nothing is known of time. */
async function trialDevice(executor: Executor, march: string, values: Values, context: Context): Promise<TrialDevice> {
  const { device, machine } = executor;
  const threads = whole(values, 'threads', 1, 1024) ?? 1;
  if (device.kind === 'sim') return simDevice(executor, device, { threads, slots: context.jobs });
  if (machine !== undefined) {
    const log = (line: string): void => context.log(printable(line));
    return machineDevice({ executor, machine, march, threads, timeoutMs: timeoutOf(values), log });
  }
  throw new RemoteError('device-failed', 'an emulator without a core model says nothing about time', [
    'tune on a simulated core, such as --device sim:spacemit-x60, or on a board',
  ]);
}
