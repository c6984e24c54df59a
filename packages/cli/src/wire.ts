import { UsageError, type OptionDef } from '@ait-rvv/command';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { xnnpackBackend, XNNPACK_FUNCTIONS, type XnnpackOptions } from '@ait-rvv/codegen-xnnpack';
import { targetFor, type Backend } from '@ait-rvv/codegen-core';
import {
  createExecutor,
  parseDevice,
  RemoteError,
  requireXnnpack,
  type ExecOptions,
  type ExecResult,
  type Executor,
  type FoundLibrary,
} from '@ait-rvv/remote';
import type { Context } from './context.js';

/** Options of every command that lowers a model for a target. */
export const TARGET_OPTION = {
  target: { type: 'string', default: 'rvv', choices: ['rvv', 'xnnpack'], describe: 'code generation target' },
} as const satisfies Record<string, OptionDef>;

/** The only file that knows which backends and devices there are. */
export function createBackend(target: string, march: string, options: Pick<XnnpackOptions, 'perLayer'> = {}): Backend {
  switch (target) {
    case 'rvv':
      if (options.perLayer === true) throw new UsageError('--per-layer belongs to --target xnnpack');
      return rvvBackend(targetFor(march));
    case 'xnnpack':
      return xnnpackBackend({ target: targetFor(march), ...options });
    default:
      throw new UsageError(`there is no target ${JSON.stringify(target)}`, ['targets are rvv and xnnpack']);
  }
}

/** The library programs of the target link with, fetched on first use; undefined for a target without one. */
export async function libraryFor(
  backend: Backend,
  { prefix, offline }: { readonly prefix: string | undefined; readonly offline: boolean },
  context: Context,
): Promise<FoundLibrary | undefined> {
  if (backend.platform?.library === undefined) {
    if (prefix !== undefined) throw new UsageError('--xnnpack belongs to --target xnnpack');
    return undefined;
  }
  if (prefix !== undefined && !/^[A-Za-z0-9._~@%+,=/-]+$/.test(prefix))
    throw new UsageError(`--xnnpack takes a folder whose path make can read, not ${JSON.stringify(prefix)}`);
  return requireXnnpack({
    functions: XNNPACK_FUNCTIONS,
    cacheDir: context.cacheDir,
    env: context.env,
    log: context.log,
    offline,
    ...(prefix === undefined ? {} : { prefix }),
  });
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
    const said = line.replace(/^error: /, '');
    if (result.exitCode === 2) throw new UsageError(said);
    const [, library] = /error while loading shared libraries: ([^:]+):/.exec(line) ?? [];
    if (library !== undefined) throw missingOnDevice(library);
    if (said !== line) throw new RemoteError('device-failed', said);
    const how = result.signal === null ? `exit code ${result.exitCode ?? '?'}` : result.signal;
    throw new RemoteError('device-failed', `the program failed (${how})`, line === '' ? [] : [line]);
  } finally {
    await workspace.close();
  }
}

/** The dynamic loader of the device has not found a library. */
function missingOnDevice(library: string): RemoteError {
  return new RemoteError('tool-missing', `the device has no ${library}, which the program is linked with`, [
    'install the package it comes from there (XNNPACK: libxnnpack0 of the release the program was compiled against)',
    'or compile again with --xnnpack and the library of the device',
  ]);
}
