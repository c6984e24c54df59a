import { root } from '@ait-rvv/qemu-plugin';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RemoteError } from '../errors.js';
import { runProcess } from '../process.js';
import type { Environment, Toolchain } from '../toolchain.js';

const NAME = 'libait_profile.so';
const FLAGS = ['-std=c11', '-O2', '-fPIC', '-shared', '-Wall', '-Wextra'];

/** Path of the profiling plugin, compiled on first use into the cache under a name made of its sources. */
export async function ensureProfilingPlugin(cacheDir: string, toolchain: Toolchain, env: Environment): Promise<string> {
  const folder = join(root, 'src');
  const sources = readdirSync(folder).sort();
  const hash = createHash('sha256').update([NAME, ...FLAGS].join(' '));
  for (const source of sources) hash.update(source).update(readFileSync(join(folder, source)));
  const home = join(cacheDir, `qemu-plugin-${hash.digest('hex').slice(0, 16)}`);
  const plugin = join(home, NAME);
  if (existsSync(plugin)) return plugin;
  await mkdir(cacheDir, { recursive: true });
  const beside = await mkdtemp(join(cacheDir, 'qemu-plugin-part-'));
  const files = sources.filter((source) => source.endsWith('.c')).map((source) => join(folder, source));
  const output = join(beside, NAME);
  const result = await runProcess([...toolchain.hostCompiler, ...FLAGS, '-o', output, ...files], {
    env: { ...env, ...toolchain.env },
  });
  if (result.exitCode !== 0) {
    await rm(beside, { recursive: true, force: true });
    throw new RemoteError(
      'build-failed',
      'the profiling plugin cannot be compiled',
      result.stderr.split('\n').slice(0, 5),
    );
  }
  // Another process may have been faster; its plugin is the same.
  await rename(beside, home).catch(() => rm(beside, { recursive: true, force: true }));
  return plugin;
}
