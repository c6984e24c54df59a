import { root } from '@ait-rvv/board';
import { join } from 'node:path';
import { compileCached } from '../compile-cached.js';
import type { Environment, Toolchain } from '../toolchain.js';

/** Source of the probe. */
export const PROBE_SOURCE = join(root, 'src', 'probe.c');

/** Without vector extensions, so that it runs and says so on a machine that has none. */
export const PROBE_FLAGS = ['-O2', '-std=gnu11', '-Wall', '-Wextra'] as const;

/** The probe as a program for boards, compiled on first use. */
export function boardProbe(cacheDir: string, toolchain: Toolchain, env: Environment): Promise<string> {
  return compileCached({
    name: 'board-probe',
    command: [...toolchain.compiler, ...toolchain.linkFlags, '-march=rv64gc', ...PROBE_FLAGS],
    sources: [PROBE_SOURCE],
    output: 'probe',
    cacheDir,
    env: { ...env, ...toolchain.env },
  });
}

/** The probe as a program for this machine. */
export function localProbe(cacheDir: string, toolchain: Toolchain, env: Environment): Promise<string> {
  return compileCached({
    name: 'local-probe',
    command: [...toolchain.hostCompiler, ...PROBE_FLAGS],
    sources: [PROBE_SOURCE],
    output: 'probe',
    cacheDir,
    env: { ...env, ...toolchain.env },
  });
}
