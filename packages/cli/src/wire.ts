import { EXIT, printable, UsageError, type OptionDef, type Values } from '@ait-rvv/command';
import { rvvBackend, type RvvOptions } from '@ait-rvv/codegen-rvv';
import { xnnpackBackend, XNNPACK_FUNCTIONS, type XnnpackOptions } from '@ait-rvv/codegen-xnnpack';
import { targetFor, type Backend } from '@ait-rvv/codegen-core';
import {
  createExecutor,
  DeviceBook,
  parseDevice,
  programFailure,
  RemoteError,
  requireXnnpack,
  saidError,
  SshExecutor,
  type Argument,
  type DeviceSpec,
  type ExecOptions,
  type ExecResult,
  type Executor,
  type FoundLibrary,
  type SshOptions,
} from '@ait-rvv/remote';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.js';
import { hostKeyPolicy } from './device-options.js';
import type { Manifest } from './program-folder.js';
import { uploadProgress } from './progress.js';
import { terminalPrompts } from './prompts.js';

/** Options of every command that lowers a model for a target. */
export const TARGET_OPTION = {
  target: { type: 'string', default: 'rvv', choices: ['rvv', 'xnnpack'], describe: 'code generation target' },
} as const satisfies Record<string, OptionDef>;

/** Option of every command that chooses or measures kernels of the RVV target. */
export const WINOGRAD_OPTION = {
  winograd: {
    type: 'boolean',
    describe: "compute 3x3 convolutions by Winograd's algorithm where it is faster; it rounds more",
  },
} as const satisfies Record<string, OptionDef>;

/** What a command line may ask of a target. */
export type BackendOptions = Pick<XnnpackOptions, 'perLayer'> & RvvOptions;

/** The only file that knows which backends and devices there are. */
export function createBackend(target: string, march: string, options: BackendOptions = {}): Backend {
  const { perLayer = false, winograd = false, threads = 1 } = options;
  switch (target) {
    case 'rvv':
      if (perLayer) throw new UsageError('--per-layer belongs to --target xnnpack');
      return rvvBackend(targetFor(march), { winograd, threads });
    case 'xnnpack':
      if (winograd) throw new UsageError('--winograd belongs to --target rvv');
      return xnnpackBackend({ target: targetFor(march), perLayer });
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
    if (result.exitCode === 0) return result;
    // Programs refuse their arguments and inputs as commands do.
    if (result.exitCode === EXIT.usage) throw new UsageError(saidError(result) ?? result.stderr.split('\n')[0] ?? '');
    throw programFailure(program, result, options.timeoutMs ?? 0);
  } finally {
    await workspace.close();
  }
}
