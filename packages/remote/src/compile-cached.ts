import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RemoteError } from './errors.js';
import { runProcess } from './process.js';
import type { Environment } from './toolchain.js';

export interface CachedCompile {
  /** What messages call it; also names the folder in the cache. */
  readonly name: string;
  /** Compiler and all arguments but sources and output. */
  readonly command: readonly string[];
  readonly sources: readonly string[];
  /** File name of what is made. */
  readonly output: string;
  readonly cacheDir: string;
  readonly env: Environment;
}

/**
 * Compiles C sources that ship with us, once: what is made lies in the cache under a name that hashes sources and
 * command. Returns its path.
 */
export async function compileCached(job: CachedCompile): Promise<string> {
  const hash = createHash('sha256').update(job.command.join('\0'));
  for (const source of job.sources) hash.update(basename(source)).update(await readFile(source));
  const home = join(job.cacheDir, `${job.name}-${hash.digest('hex').slice(0, 16)}`);
  const made = join(home, job.output);
  if (existsSync(made)) return made;
  await mkdir(job.cacheDir, { recursive: true });
  const beside = await mkdtemp(join(job.cacheDir, `${job.name}-part-`));
  const argv = [
    ...job.command,
    '-o',
    join(beside, job.output),
    ...job.sources.filter((source) => source.endsWith('.c')),
  ];
  const result = await runProcess(argv, { env: job.env });
  if (result.exitCode !== 0) {
    await rm(beside, { recursive: true, force: true });
    throw new RemoteError('build-failed', `the ${job.name} cannot be compiled`, result.stderr.split('\n').slice(0, 5));
  }
  // Another process may have been faster; what it has made is the same.
  await rename(beside, home).catch(() => rm(beside, { recursive: true, force: true }));
  return made;
}
