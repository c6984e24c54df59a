import { relative } from 'node:path';
import type { DeviceSpec } from '../device.js';
import { RemoteError } from '../errors.js';
import type { ExecOptions, ExecResult, Executor, Workspace } from '../executor.js';
import { sysrootArguments } from '../libraries/index.js';
import { localWorkspace } from '../local-workspace.js';
import { runProcess } from '../process.js';
import { countsOf } from '../profile/counts.js';
import { recorded } from '../profile/recording.js';
import { qemuCpu, type QemuOptions } from '../qemu.js';
import type { Core } from './core.js';
import type { LoadedCore } from './cores.js';
import { simulate, type SimReport } from './simulate.js';

/** Runs programs on the emulator with a core's VLEN; with `profile`, says what they would cost on that core. */
export function simExecutor(
  device: Extract<DeviceSpec, { kind: 'sim' }>,
  { core, version }: LoadedCore,
  options: Omit<QemuOptions, 'env'> & { readonly env: Readonly<Record<string, string | undefined>> },
): Executor {
  return {
    device,
    open: (directory) =>
      Promise.resolve(
        localWorkspace(directory, async (program, args, exec) => {
          const { argv, env } = sameEverywhere(options, [relative(directory, program), ...args], core.vlen);
          const run = (extra: readonly string[]): Promise<ExecResult> =>
            runProcess([...argv.emulator, ...sysrootArguments(directory), ...extra, ...argv.program], {
              cwd: directory,
              ...exec,
              env,
            });
          if (exec.count !== true && exec.profile !== true) return run([]);
          const settings = { vlen: core.vlen, ...(exec.profile === true ? cacheSettings(core) : {}) };
          const { record, ...result } = await recorded({ plugin: await options.plugin(), settings }, run);
          if (record === undefined) return result;
          const simulation = exec.profile === true ? { simulation: simulate(record, core, version) } : {};
          return { ...result, counts: countsOf(record), ...simulation };
        }),
      ),
    close: () => Promise.resolve(),
  };
}

/**
 * The emulated process sees no environment and its own name relative to the folder, so that its stack and with it
 * every address is the same whoever runs it, and where.
 */
function sameEverywhere(
  { command, env }: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string | undefined>> },
  program: readonly string[],
  vlen: number,
) {
  const unset = Object.keys(env).flatMap((name) => ['-U', name]);
  return { argv: { emulator: [...command, '-cpu', qemuCpu(vlen, false), ...unset], program }, env };
}

/** The plugin's settings for a core's caches. */
function cacheSettings({ memory }: Core): Record<string, number> {
  return {
    line: memory.line,
    l1: memory.l1.bytes,
    l1ways: memory.l1.ways,
    l2: memory.l2.bytes,
    l2ways: memory.l2.ways,
    cluster: memory.cluster.cores,
    streams: memory.streams.count,
    reach: memory.streams.reach,
    width: memory.width.bytes,
  };
}

/**
 * Runs a program of a workspace and returns what it costs on the workspace's core. A program that fails, and a device
 * that models no core, are RemoteErrors `device-failed`.
 */
export async function simulateRun(
  workspace: Workspace,
  argv: readonly string[],
  options: Pick<ExecOptions, 'signal' | 'timeoutMs'> = {},
): Promise<SimReport> {
  const { simulation, exitCode, signal, stderr } = await workspace.exec(argv, { ...options, profile: true });
  if (options.signal?.aborted === true) throw new RemoteError('interrupted', 'interrupted');
  if (exitCode !== 0) {
    const how = signal === null ? `exit code ${exitCode ?? '?'}` : signal;
    const [line = ''] = stderr.split('\n');
    throw new RemoteError('device-failed', `the program failed (${how})`, line === '' ? [] : [line]);
  }
  if (simulation === undefined) throw new RemoteError('device-failed', 'only sim: devices know cycles');
  return simulation;
}
