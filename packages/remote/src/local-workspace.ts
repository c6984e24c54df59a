import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Argument, ExecOptions, ExecResult, Workspace } from './executor.js';

/** A device that shares this machine's files: the folder is used in place. */
export function localWorkspace(
  directory: string,
  run: (program: string, args: readonly string[], options: ExecOptions) => Promise<ExecResult>,
): Workspace {
  const at = (name: string): string => resolve(directory, name);
  const copy = async (from: string, to: string): Promise<void> => {
    if (resolve(from) !== resolve(to)) await copyFile(from, to);
  };
  return {
    put: (localPath, name) => copy(localPath, at(name)),
    get: (name, localPath) => copy(at(name), localPath),
    exec: (argv, options = {}) => {
      const [program = '', ...args] = argv.map(localArgument);
      return run(at(program), args, options);
    },
    close: () => Promise.resolve(),
  };
}

/** Files of this machine are the device's, too. */
function localArgument(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  return resolve('input' in argument ? argument.input : argument.output);
}
