import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RemoteError } from '../errors.js';
import type { Environment } from '../toolchain.js';
import { PrivateApt } from './private-apt.js';
import { machineSources } from './sources.js';
import { unpackPackages } from './unpack.js';

export interface PackageRootOptions {
  /** Codename of the Debian release. */
  readonly release: string;
  /** This machine's by default. */
  readonly architecture?: string;
  readonly packages: readonly string[];
  /** Packages that are left out, although others depend on them: whoever uses the folder has them already. */
  readonly without?: readonly string[];
  readonly cacheDir: string;
  readonly env: Environment;
  /** Told once before anything is downloaded. */
  readonly log: (text: string) => void;
}

/** Where such a folder lies in the cache, if it is there already. */
export function cachedPackageRoot(options: Omit<PackageRootOptions, 'env' | 'log'>): string | undefined {
  const place = placeOf(options);
  return existsSync(place) ? place : undefined;
}

/**
 * A folder with packages of a Debian release unpacked, dependencies included. Downloaded on first use with signatures
 * checked, kept in the cache, put in place as a whole.
 */
export async function packageRoot(options: PackageRootOptions): Promise<string> {
  const { release, architecture, packages, without = [], cacheDir, env } = options;
  const place = placeOf(options);
  if (existsSync(place)) return place;
  const machine = architecture === undefined ? '' : ` for ${architecture}`;
  options.log(`fetching Debian ${release} packages${machine}: ${packages.join(', ')}`);
  await mkdir(join(cacheDir, 'debian'), { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'debian', 'part-'));
  try {
    const apt = await PrivateApt.open({
      work,
      sources: machineSources(release),
      env,
      ...(architecture === undefined ? {} : { architecture }),
    });
    await unpackPackages(await apt.download(packages), join(work, 'root'), (name) => !without.includes(name));
    // Another process may have been faster; its folder holds the same.
    await rename(join(work, 'root'), place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
    return place;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * The packages of the first of several releases that can be had: the one in the cache, else whichever the mirror has
 * whole. Throws RemoteError `tool-missing` with a reason for every release.
 */
export async function firstPackageRoot(
  releases: readonly string[],
  options: Omit<PackageRootOptions, 'release'>,
): Promise<string> {
  const cached = releases
    .map((release) => cachedPackageRoot({ ...options, release }))
    .find((root) => root !== undefined);
  if (cached !== undefined) return cached;
  const reasons: string[] = [];
  for (const release of releases) {
    try {
      return await packageRoot({ ...options, release });
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'tool-missing') throw error;
      reasons.push(error.hints[0] ?? error.message);
    }
  }
  throw new RemoteError('tool-missing', `no Debian mirror gives ${options.packages.join(', ')}`, reasons);
}

function placeOf(options: Omit<PackageRootOptions, 'env' | 'log'>): string {
  const { release, architecture = process.arch, packages, without = [], cacheDir } = options;
  const wish = [[...packages].sort().join(' '), ...(without.length === 0 ? [] : [[...without].sort().join(' ')])];
  const key = createHash('sha256').update(wish.join(' without ')).digest('hex').slice(0, 12);
  return join(cacheDir, 'debian', `${release}-${architecture}-${key}`);
}
