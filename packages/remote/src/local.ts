import { RemoteError } from './errors.js';
import type { Executor } from './executor.js';
import { localWorkspace } from './local-workspace.js';
import { runProcess } from './process.js';

/** Runs programs on this machine, which must be what they were compiled for. */
export function localExecutor(): Executor {
  return {
    device: { kind: 'local' },
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
