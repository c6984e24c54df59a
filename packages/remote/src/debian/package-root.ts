import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../toolchain.js';
import { PrivateApt } from './private-apt.js';
import { machineSources } from './sources.js';
import { unpackPackages } from './unpack.js';

export interface PackageRootOptions {
  /** Codename of the Debian release. */
  readonly release: string;
  readonly architecture: string;
  readonly packages: readonly string[];
  readonly cacheDir: string;
  readonly env: Environment;
  /** Told once before anything is downloaded. */
  readonly log: (text: string) => void;
}

/**
 * A folder with packages of a Debian release unpacked, dependencies included. Downloaded on first use with signatures
 * checked, kept in the cache, put in place as a whole.
 */
export async function packageRoot(options: PackageRootOptions): Promise<string> {
  const { release, architecture, packages, cacheDir, env } = options;
  const key = createHash('sha256')
    .update([...packages].sort().join(' '))
    .digest('hex')
    .slice(0, 12);
  const place = join(cacheDir, 'debian', `${release}-${architecture}-${key}`);
  if (existsSync(place)) return place;
  options.log(`fetching Debian ${release} packages for ${architecture}: ${packages.join(', ')}`);
  await mkdir(join(cacheDir, 'debian'), { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'debian', 'part-'));
  try {
    const apt = await PrivateApt.open({ work, sources: machineSources(release), architecture, env });
    await unpackPackages(await apt.download(packages), join(work, 'root'));
    // Another process may have been faster; its folder holds the same.
    await rename(join(work, 'root'), place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
    return place;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
