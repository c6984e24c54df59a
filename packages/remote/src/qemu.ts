import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCounts } from './counts.js';
import type { DeviceSpec } from './device.js';
import { RemoteError } from './errors.js';
import type { ExecOptions, ExecResult, Executor } from './executor.js';
import { sysrootArguments } from './libraries/index.js';
import { localWorkspace } from './local-workspace.js';
import { runProcess } from './process.js';

export interface QemuOptions {
  /** The emulator and arguments that always come first, such as a library path. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Makes the counting plugin available and returns its path; asked only when something is to be counted. */
  readonly plugin: () => Promise<string>;
}

/** Runs programs under user-mode QEMU with a vector unit of the device's VLEN. */
export function qemuExecutor(device: Extract<DeviceSpec, { kind: 'qemu' }>, options: QemuOptions): Executor {
  const poison = device.poison ? ',rvv_ta_all_1s=true,rvv_ma_all_1s=true' : '';
  const cpu = `rv64,v=true,vext_spec=v1.0,vlen=${device.vlen}${poison}`;
  return {
    device,
    open: (directory) =>
      Promise.resolve(
        localWorkspace(directory, async (program, args, exec) => {
          const command = [...options.command, ...sysrootArguments(directory), '-cpu', cpu];
          const run = (extra: readonly string[]): Promise<ExecResult> =>
            runProcess([...command, ...extra, program, ...args], runOptions(directory, options, exec));
          return exec.count === true ? counted(device.vlen, options, run) : run([]);
        }),
      ),
    close: () => Promise.resolve(),
  };
}

function runOptions(cwd: string, { env }: QemuOptions, exec: ExecOptions): Parameters<typeof runProcess>[1] {
  return { cwd, ...exec, ...(env === undefined ? {} : { env }) };
}

/** Runs with the counting plugin, whose report goes through a file of its own. */
async function counted(
  vlen: number,
  options: QemuOptions,
  run: (extra: readonly string[]) => Promise<ExecResult>,
): Promise<ExecResult> {
  const plugin = await options.plugin();
  const folder = await mkdtemp(join(tmpdir(), 'ait-count-'));
  const output = join(folder, 'counts.json');
  try {
    const result = await run(['-plugin', `${plugin},vlen=${vlen},output=${output}`]);
    if (result.exitCode !== 0) return result;
    const text = await readFile(output, 'utf8').catch(() => {
      throw new RemoteError('device-failed', 'the emulator has not counted anything', [
        'the emulator needs plugin support: the qemu-user package of Debian has it, qemu-user-static does not',
        ...(result.stderr === '' ? [] : [result.stderr.trim().split('\n')[0] ?? '']),
      ]);
    });
    return { ...result, counts: parseCounts(text) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
