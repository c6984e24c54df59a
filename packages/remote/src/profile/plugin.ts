import { root } from '@ait-rvv/qemu-plugin';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileCached } from '../compile-cached.js';
import type { Environment, Toolchain } from '../toolchain.js';

/** Path of the profiling plugin, compiled on first use into the cache under a name made of its sources. */
export function ensureProfilingPlugin(cacheDir: string, toolchain: Toolchain, env: Environment): Promise<string> {
  const folder = join(root, 'src');
  return compileCached({
    name: 'qemu-plugin',
    command: [...toolchain.hostCompiler, '-std=c11', '-O2', '-fPIC', '-shared', '-Wall', '-Wextra'],
    sources: readdirSync(folder)
      .sort()
      .map((source) => join(folder, source)),
    output: 'libait_profile.so',
    cacheDir,
    env: { ...env, ...toolchain.env },
  });
}
