import { UsageError } from '@ait-rvv/command';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { targetFor, type Backend } from '@ait-rvv/codegen-core';
import {
  createExecutor,
  parseDevice,
  RemoteError,
  type ExecOptions,
  type ExecResult,
  type Executor,
} from '@ait-rvv/remote';
import type { Context } from './context.js';

/** The only file that knows which backends and devices there are. */
export function createBackend(target: string, march: string): Backend {
  if (target !== 'rvv') throw new UsageError(`there is no target ${JSON.stringify(target)}`, ['the target is rvv']);
  return rvvBackend(targetFor(march));
}

export function openDevice(text: string, context: Context): Promise<Executor> {
  return createExecutor(parseDevice(text), context);
}

/** Runs a program of an output folder on a device; anything but success is an error of the right kind. */
export async function runOnDevice(
  executor: Executor,
  folder: string,
  argv: readonly string[],
  context: Context,
  options: Pick<ExecOptions, 'profile'> = {},
): Promise<ExecResult> {
  const workspace = await executor.open(folder);
  try {
    const result = await workspace.exec(argv, { signal: context.signal, ...options });
    if (context.signal.aborted) throw new RemoteError('interrupted', 'interrupted');
    if (result.exitCode === 0) return result;
    const [line = ''] = result.stderr.split('\n');
    if (result.exitCode === 2) throw new UsageError(line.replace(/^error: /, ''));
    const how = result.signal === null ? `exit code ${result.exitCode ?? '?'}` : result.signal;
    throw new RemoteError('device-failed', `the program failed (${how})`, line === '' ? [] : [line]);
  } finally {
    await workspace.close();
  }
}
