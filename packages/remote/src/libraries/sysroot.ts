import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RemoteError } from '../errors.js';
import type { Toolchain } from '../toolchain.js';
import { readElf } from './elf.js';
import type { FoundLibrary } from './found-library.js';

/** Where a program's folder keeps the shared libraries an emulator needs to run it. A board uses its own. */
export const SYSROOT = 'build/sysroot';

/** The emulator's arguments for a program in `directory`: where it finds the libraries of the target's system. */
export function sysrootArguments(directory: string): readonly string[] {
  const root = resolve(directory, SYSROOT);
  return existsSync(root) ? ['-L', root] : [];
}

/** Where the cross compiler has the libraries of the target's system. */
function targetFolders({ compiler }: Toolchain): readonly string[] {
  const sysroot = compiler.find((argument) => argument.startsWith('--sysroot='))?.slice('--sysroot='.length);
  return [join(sysroot ?? '/usr/riscv64-linux-gnu', 'lib')];
}

/**
 * Copies the dynamic loader and every shared library a cross-compiled program needs, and those they need, into its
 * folder. Throws RemoteError `tool-missing` when one is nowhere to be found.
 */
export function collectLibraries(
  directory: string,
  program: string,
  library: FoundLibrary,
  toolchain: Toolchain,
): void {
  const start = readElf(join(directory, program));
  if (start?.interpreter === undefined || process.arch === 'riscv64') return;
  const folders = [...library.runtimeFolders, ...targetFolders(toolchain)];
  const find = (name: string): string => {
    const path = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
    if (path !== undefined) return path;
    throw new RemoteError('tool-missing', `the program needs ${name}, which is in none of ${folders.join(', ')}`);
  };
  copy(find(basename(start.interpreter)), join(directory, SYSROOT, start.interpreter));
  const waiting = [...start.needed];
  const done = new Set([basename(start.interpreter)]);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    const path = find(name);
    copy(path, join(directory, SYSROOT, 'lib', name));
    waiting.push(...(readElf(path)?.needed ?? []));
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
