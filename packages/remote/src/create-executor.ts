import type { DeviceSpec } from './device.js';
import type { Executor } from './executor.js';
import { localExecutor } from './local.js';
import { ensureProfilingPlugin } from './profile/plugin.js';
import { qemuExecutor } from './qemu.js';
import { loadCore } from './sim/cores.js';
import { simExecutor } from './sim/executor.js';
import { SshExecutor, type SshOptions } from './ssh/executor.js';
import type { Environment, Toolchain } from './toolchain.js';

export interface ExecutorContext {
  readonly env: Environment;
  readonly cacheDir: string;
  /** Asked only by devices that need it. */
  readonly toolchain: () => Promise<Toolchain>;
  /** How boards are connected to; a host that known_hosts does not have is refused by default. */
  readonly ssh?: SshOptions;
}

/** The executor of a device. To add a kind of device: its file, a member of DeviceSpec, and a case here. */
export async function createExecutor(device: DeviceSpec, context: ExecutorContext): Promise<Executor> {
  switch (device.kind) {
    case 'local':
      return localExecutor(context);
    case 'ssh':
      return new SshExecutor(device, { ...context, ssh: context.ssh ?? { hostKeys: 'strict', log: () => undefined } });
    case 'qemu': {
      const toolchain = await context.toolchain();
      return qemuExecutor(device, {
        command: toolchain.emulator,
        env: { ...context.env, ...toolchain.env },
        plugin: () => ensureProfilingPlugin(context.cacheDir, toolchain, context.env),
      });
    }
    case 'sim': {
      // A mistaken core shows before the toolchain is looked for.
      const loaded = loadCore(device.core);
      const toolchain = await context.toolchain();
      return simExecutor(device, loaded, {
        command: toolchain.emulator,
        env: toolchain.env,
        plugin: () => ensureProfilingPlugin(context.cacheDir, toolchain, context.env),
      });
    }
  }
}
