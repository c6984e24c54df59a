import type { DeviceSpec } from './device.js';
import type { ExecOptions, ExecResult, Executor } from './executor.js';
import { sysrootArguments } from './libraries/index.js';
import { localWorkspace } from './local-workspace.js';
import { runProcess } from './process.js';
import { countsOf } from './profile/counts.js';
import { executionProfile } from './profile/figures.js';
import { recorded } from './profile/recording.js';

export interface QemuOptions {
  /** The emulator and arguments that always come first, such as a library path. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Makes the profiling plugin available and returns its path; asked only when something is to be counted. */
  readonly plugin: () => Promise<string>;
}

/** The emulator's name of a core with a vector unit of `vlen` bits. */
export function qemuCpu(vlen: number, poison: boolean): string {
  return `rv64,v=true,vext_spec=v1.0,vlen=${vlen}${poison ? ',rvv_ta_all_1s=true,rvv_ma_all_1s=true' : ''}`;
}

/** Runs programs under user-mode QEMU with a vector unit of the device's VLEN. */
export function qemuExecutor(device: Extract<DeviceSpec, { kind: 'qemu' }>, options: QemuOptions): Executor {
  const { vlen } = device;
  return {
    device,
    open: (directory) =>
      Promise.resolve(
        localWorkspace(directory, async (program, args, exec) => {
          const command = [...options.command, ...sysrootArguments(directory), '-cpu', qemuCpu(vlen, device.poison)];
          const run = (extra: readonly string[]): Promise<ExecResult> =>
            runProcess([...command, ...extra, program, ...args], runOptions(directory, options, exec));
          if (exec.count !== true && exec.profile !== true) return run([]);
          const { record, ...result } = await recorded({ plugin: await options.plugin(), settings: { vlen } }, run);
          if (record === undefined) return result;
          return { ...result, counts: countsOf(record), profile: executionProfile(record) };
        }),
      ),
    close: () => Promise.resolve(),
  };
}

function runOptions(cwd: string, { env }: QemuOptions, exec: ExecOptions): Parameters<typeof runProcess>[1] {
  return { cwd, ...exec, ...(env === undefined ? {} : { env }) };
}
