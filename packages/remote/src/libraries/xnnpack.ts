import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  cachedPackageRoot,
  firstPackageRoot,
  ownRelease,
  packageRoot,
  type PackageRootOptions,
} from '../debian/index.js';
import { RemoteError } from '../errors.js';
import type { Environment } from '../toolchain.js';
import { readElf } from './elf.js';
import { libraryFile, libraryFolders, type FoundLibrary } from './found-library.js';

export interface XnnpackRequest {
  /** Functions the header must declare: an older release has not all of them. */
  readonly functions: readonly string[];
  readonly cacheDir: string;
  readonly env: Environment;
  /** Told once before anything is downloaded. */
  readonly log: (text: string) => void;
}

export interface TargetXnnpackRequest extends XnnpackRequest {
  /** The user's own build. */
  readonly prefix?: string;
  /** Never download. */
  readonly offline?: boolean;
}

const NAME = 'XNNPACK';
const PACKAGES = ['libxnnpack-dev', 'libpthreadpool-dev'];

/** Debian releases with XNNPACK for riscv64; a later one serves when a mirror has not the first. */
const RELEASES = ['trixie', 'forky'];

const ADVICE = [
  'without --xnnpack, Debian 13 packages are fetched into the cache on first use',
  'for a build of your own name a folder with include/xnnpack.h and lib/libXNNPACK.so or .a: --xnnpack PREFIX',
];

/**
 * XNNPACK for riscv64: a build of the user's, else on a RISC-V machine the system's, else Debian's packages. Throws
 * RemoteError `tool-missing` with one line that says what is wrong.
 */
export async function requireXnnpack(request: TargetXnnpackRequest): Promise<FoundLibrary> {
  const { prefix, functions } = request;
  if (prefix !== undefined) return checked(resolve(prefix), functions, 'riscv64', resolve(prefix));
  if (process.arch === 'riscv64' && hasSystemXnnpack(request.env)) return systemXnnpack(functions, 'riscv64');
  const root = cachedXnnpack(request) ?? (await fetchXnnpack(request));
  return checked(join(root, 'usr'), functions, 'riscv64', 'Debian packages in the cache');
}

/** XNNPACK for this machine: the system's, else packages of the system's own release without root. */
export async function hostXnnpack(request: XnnpackRequest): Promise<FoundLibrary> {
  const machine = HOST_MACHINES[process.arch] ?? process.arch;
  if (hasSystemXnnpack(request.env)) return systemXnnpack(request.functions, machine);
  const root = await packageRoot({ ...request, ...hostPackages() });
  return checked(join(root, 'usr'), request.functions, machine, "packages of this system's release in the cache");
}

const HOST_MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' };

/** Whether the system has XNNPACK; not asked of one whose tools shall come from the cache only. */
export function hasSystemXnnpack(env: Environment): boolean {
  return env['AIT_RVV_TOOLCHAIN'] !== 'user' && existsSync('/usr/include/xnnpack.h');
}

/** The cache's copy for this machine, if there is one; nothing is downloaded. */
export function cachedHostXnnpack({ cacheDir }: Pick<XnnpackRequest, 'cacheDir'>): string | undefined {
  return cachedPackageRoot({ ...hostPackages(), cacheDir });
}

function hostPackages(): Pick<PackageRootOptions, 'release' | 'packages' | 'without'> {
  // Without what the system has itself, which must not be mixed with another build.
  return { release: ownRelease(), packages: PACKAGES, without: ['libc6', 'libgcc-s1'] };
}

/** The cache's copy for riscv64, if there is one; nothing is downloaded. */
export function cachedXnnpack({ cacheDir }: Pick<XnnpackRequest, 'cacheDir'>): string | undefined {
  const options = { architecture: 'riscv64', packages: PACKAGES, cacheDir };
  return RELEASES.map((release) => cachedPackageRoot({ ...options, release })).find((root) => root !== undefined);
}

async function fetchXnnpack(request: TargetXnnpackRequest): Promise<string> {
  if (request.offline === true) {
    throw new RemoteError(
      'tool-missing',
      'XNNPACK for riscv64 is not in the cache, and --offline forbids to fetch it',
      ['compile once without --offline, or name a build of your own: --xnnpack PREFIX'],
    );
  }
  return firstPackageRoot(RELEASES, { ...request, architecture: 'riscv64', packages: PACKAGES });
}

function systemXnnpack(functions: readonly string[], machine: string): FoundLibrary {
  const { prefix: _, ...found } = checked('/usr', functions, machine, "the system's");
  return found;
}

/** A prefix that holds a release new enough, for this machine; anything else is said in one line. */
function checked(prefix: string, functions: readonly string[], machine: string, origin: string): FoundLibrary {
  const fail = (problem: string): never => {
    throw new RemoteError('tool-missing', `${prefix} ${problem}`, ADVICE);
  };
  for (const header of ['xnnpack.h', 'pthreadpool.h']) {
    if (!existsSync(join(prefix, 'include', header))) fail(`has no include/${header}`);
  }
  const header = readFileSync(join(prefix, 'include', 'xnnpack.h'), 'utf8');
  const missing = functions.filter((name) => !new RegExp(`\\b${name}\\s*\\(`).test(header));
  if (missing.length > 0)
    fail(`holds an XNNPACK that is too old: it has no ${missing.slice(0, 3).join(', ')} (2022 and newer do)`);
  const folders = libraryFolders(prefix);
  const file = libraryFile(folders, NAME) ?? fail(`has no lib/lib${NAME}.so and no lib/lib${NAME}.a`);
  const found = readElf(file)?.machine ?? fail(`holds a library that cannot be read: ${file}`);
  if (found !== machine) fail(`holds an XNNPACK for ${found}, not for ${machine}`);
  return { name: NAME, prefix, shared: file.endsWith('.so'), runtimeFolders: folders, origin };
}
