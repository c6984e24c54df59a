import { printable, UsageError, type Values } from '@ait-rvv/command';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { targetFor, type Backend } from '@ait-rvv/codegen-core';
import {
  createExecutor,
  DeviceBook,
  parseDevice,
  RemoteError,
  SshExecutor,
  type Argument,
  type DeviceSpec,
  type ExecOptions,
  type ExecResult,
  type Executor,
  type SshOptions,
} from '@ait-rvv/remote';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.js';
import { hostKeyPolicy } from './device-options.js';
import type { Manifest } from './program-folder.js';
import { uploadProgress } from './progress.js';
import { terminalPrompts } from './prompts.js';

/** The only file that knows which backends and devices there are. */
export function createBackend(target: string, march: string): Backend {
  if (target !== 'rvv') throw new UsageError(`there is no target ${JSON.stringify(target)}`, ['the target is rvv']);
  return rvvBackend(targetFor(march));
}

/** The executor of `--device`; boards are looked up in the user's book. */
export async function openDevice(text: string, values: Values, context: Context): Promise<Executor> {
  return openExecutor(parseDevice(text, (await DeviceBook.read(context.configDir)).boards), values, context);
}

/** A board by its name or address; other devices are none. */
export async function openBoard(text: string, values: Values, context: Context): Promise<SshExecutor> {
  const executor = await openDevice(text, values, context);
  if (executor instanceof SshExecutor) return executor;
  throw new UsageError(`${JSON.stringify(text)} is no board`, ['boards are listed by ait-rvv device list']);
}

function openExecutor(device: DeviceSpec, values: Values, context: Context): Promise<Executor> {
  return createExecutor(device, { ...context, ssh: sshOptions(values, context) });
}

/** How a command connects to boards. */
function sshOptions(values: Values, context: Context): SshOptions {
  return {
    hostKeys: hostKeyPolicy(values),
    prompts: terminalPrompts(context.env),
    // It may repeat what a board calls itself.
    log: (line) => context.log(printable(line)),
    progress: uploadProgress(),
    signal: context.signal,
  };
}

export interface DeviceProgram {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly program: string;
  readonly args: readonly Argument[];
}

/** Files of an output folder that its program needs where it runs. */
export function programFiles(folder: string, program: string): readonly string[] {
  return [program, 'weights.bin'].filter((name) => existsSync(join(folder, name)));
}

/** Runs a program of an output folder on a device; anything but success is an error of the right kind. */
export async function runOnDevice(
  executor: Executor,
  { folder, manifest, program, args }: DeviceProgram,
  context: Context,
  options: Pick<ExecOptions, 'profile' | 'timeoutMs'> = {},
): Promise<ExecResult> {
  const workspace = await executor.open(folder, { files: programFiles(folder, program), march: manifest.march });
  try {
    const result = await workspace.exec([program, ...args], { signal: context.signal, ...options });
    if (context.signal.aborted) throw new RemoteError('interrupted', 'interrupted');
    if (result.timedOut) {
      const seconds = (options.timeoutMs ?? 0) / 1000;
      throw new RemoteError('timed-out', `${program} was still running after ${seconds} s and was stopped`);
    }
    if (result.exitCode === 0) return result;
    const [line = ''] = result.stderr.split('\n');
    if (result.exitCode === 2) throw new UsageError(line.replace(/^error: /, ''));
    const how = result.signal === null ? `exit code ${result.exitCode ?? '?'}` : result.signal;
    throw new RemoteError('device-failed', `the program failed (${how})`, line === '' ? [] : [line]);
  } finally {
    await workspace.close();
  }
}
