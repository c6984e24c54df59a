import { readFingerprint, FingerprintStore } from './board/fingerprint.js';
import type { Machine } from './board/machine.js';
import { localProbe } from './board/probe.js';
import { RemoteError } from './errors.js';
import type { Executor } from './executor.js';
import { localWorkspace } from './local-workspace.js';
import { runProcess } from './process.js';
import { localShell } from './shell/local-shell.js';
import type { Environment, Toolchain } from './toolchain.js';

export interface LocalContext {
  readonly env: Environment;
  readonly cacheDir: string;
  readonly toolchain: () => Promise<Toolchain>;
}

/** Runs programs on this machine, which must be what they were compiled for. */
export function localExecutor(context: LocalContext): Executor {
  return {
    device: { kind: 'local' },
    machine: localMachine(context),
    open: (directory) =>
      Promise.resolve(
        localWorkspace(directory, (program, args, options) => {
          if (options.count === true || options.profile === true) {
            throw new RemoteError('device-failed', 'instructions can only be counted on an emulated device');
          }
          return runProcess([program, ...args], { cwd: directory, ...options });
        }),
      ),
    close: () => Promise.resolve(),
  };
}

function localMachine({ env, cacheDir, toolchain }: LocalContext): Machine {
  const shell = localShell();
  const store = new FingerprintStore(cacheDir);
  return {
    shell,
    async fingerprint(fresh = false) {
      const stored = fresh ? undefined : await store.read('local');
      if (stored !== undefined) return stored;
      const read = await readFingerprint(shell, 'local', async () => {
        const probe = await localProbe(cacheDir, await toolchain(), env);
        return (await runProcess([probe], { env, timeoutMs: 60_000 })).stdout;
      });
      await store.write('local', read);
      return read;
    },
  };
}
