import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { RemoteError } from './errors.js';
import { runProcess } from './process.js';

/** What cross-compiling and emulating take. */
export interface Toolchain {
  /** C compiler for riscv64, with the arguments that make it one. */
  readonly compiler: readonly string[];
  readonly linkFlags: readonly string[];
  /** Emulator with the arguments that always come first. */
  readonly emulator: readonly string[];
  readonly make: string;
  /** For those who build generated programs with CMake; not needed otherwise. */
  readonly cmake?: string;
  /** C compiler for this machine. */
  readonly hostCompiler: readonly string[];
  /** Environment the tools need beyond the caller's. */
  readonly env: Readonly<Record<string, string>>;
}

/** One tool, found or not. */
export interface ToolReport {
  readonly name: string;
  readonly purpose: string;
  /** The command, when it was found. */
  readonly found?: string;
  readonly version?: string;
  /** Of use to some, needed by no command of ours. */
  readonly optional?: boolean;
}

export interface ToolchainReport {
  readonly tools: readonly ToolReport[];
  /** Complete and usable; undefined when a tool is missing. */
  readonly toolchain?: Toolchain;
  /** The exact command that mends it. */
  readonly fix: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$AIT_RVV_CACHE`, else `ait-rvv` in the user's cache folder. */
export function defaultCacheDir(env: Environment): string {
  const own = env['AIT_RVV_CACHE'];
  if (own !== undefined && own !== '') return own;
  const cache = env['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(env['HOME'] ?? homedir(), '.cache'), 'ait-rvv');
}

/** `ait-rvv` in the user's configuration folder. */
export function defaultConfigDir(env: Environment): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(config !== undefined && config !== '' ? config : join(env['HOME'] ?? homedir(), '.config'), 'ait-rvv');
}

const CLANGS = ['clang-19', 'clang-20', 'clang-21', 'clang-18', 'clang-17', 'clang'];
const RISCV_HEADERS = '/usr/riscv64-linux-gnu/include/stdlib.h';
const RISCV_LIBGCC = '/usr/lib/gcc-cross/riscv64-linux-gnu';

/** Looks on the PATH, then in the cache; with `AIT_RVV_TOOLCHAIN=user` in the cache only. */
export async function findToolchain(env: Environment, cacheDir: string): Promise<ToolchainReport> {
  const cached = readCached(cacheDir);
  if (env['AIT_RVV_TOOLCHAIN'] === 'user') return report(cached ?? NOTHING, env);
  const onPath = fromPath(env);
  const complete = onPath.compiler.length > 0 && onPath.emulator.length > 0 && onPath.make !== '' && hasRiscvLibc();
  return report(complete || cached === undefined ? onPath : cached, env);
}

const NOTHING: Toolchain = { compiler: [], linkFlags: [], emulator: [], make: '', hostCompiler: [], env: {} };

function hasRiscvLibc(): boolean {
  return existsSync(RISCV_HEADERS) && existsSync(RISCV_LIBGCC);
}

/** The toolchain, or RemoteError `tool-missing` that names every missing tool. */
export async function requireToolchain(env: Environment, cacheDir: string): Promise<Toolchain> {
  const { toolchain, tools, fix } = await findToolchain(env, cacheDir);
  if (toolchain !== undefined) return toolchain;
  const missing = tools
    .filter((tool) => tool.found === undefined && tool.optional !== true)
    .map((tool) => `${tool.name} (${tool.purpose})`);
  throw new RemoteError('tool-missing', `missing: ${missing.join(', ')}`, [fix]);
}

function fromPath(env: Environment): Toolchain {
  const find = (name: string): string | undefined => findOnPath(name, env);
  const clang = CLANGS.map(find).find((path) => path !== undefined);
  const qemu = find('qemu-riscv64');
  const host = find('cc') ?? find('gcc') ?? clang;
  const cmake = find('cmake');
  return {
    ...(cmake === undefined ? {} : { cmake }),
    compiler: clang === undefined ? [] : [clang, '--target=riscv64-linux-gnu'],
    linkFlags: ['-fuse-ld=lld', '-static'],
    emulator: qemu === undefined ? [] : [qemu],
    make: find('make') ?? '',
    hostCompiler: host === undefined ? [] : [host],
    env: {},
  };
}

/** toolchain.json, as the set-up writes it for a user without root. */
function readCached(cacheDir: string): Toolchain | undefined {
  const path = join(cacheDir, 'toolchain.json');
  if (!existsSync(path)) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Toolchain>;
    const lists = [value.compiler, value.linkFlags, value.emulator, value.hostCompiler];
    const valid =
      lists.every((list) => Array.isArray(list)) && typeof value.make === 'string' && typeof value.env === 'object';
    return valid ? (value as Toolchain) : undefined;
  } catch {
    return undefined;
  }
}

async function report(toolchain: Toolchain, env: Environment): Promise<ToolchainReport> {
  const user = toolchain.env['LD_LIBRARY_PATH'] !== undefined;
  const tools = await Promise.all([
    describe('clang', 'compiles for RISC-V, version 17 or newer', toolchain.compiler[0], ['--version'], toolchain, env),
    describe(
      'ld.lld',
      'links for RISC-V',
      user ? toolchain.compiler[0] : findLld(toolchain, env),
      ['--version'],
      toolchain,
      env,
    ),
    Promise.resolve(riscvLibc(user, toolchain)),
    describe(
      'qemu-riscv64',
      'runs RISC-V programs on this machine',
      toolchain.emulator[0],
      ['--version'],
      toolchain,
      env,
    ),
    describe('make', 'builds generated programs', toolchain.make, ['--version'], toolchain, env),
    describe('cc', 'compiles for this machine', toolchain.hostCompiler[0], ['--version'], toolchain, env),
    describe('cmake', 'also builds generated programs', toolchain.cmake, ['--version'], toolchain, env).then(
      (tool) => ({
        ...tool,
        optional: true,
      }),
    ),
  ]);
  const complete = tools.every((tool) => tool.found !== undefined || tool.optional === true);
  return {
    tools,
    ...(complete ? { toolchain } : {}),
    fix: 'npm run setup, or on Debian and Ubuntu: apt-get install clang-19 lld-19 qemu-user libc6-dev-riscv64-cross libgcc-12-dev-riscv64-cross make gcc',
  };
}

function riscvLibc(user: boolean, toolchain: Toolchain): ToolReport {
  const base = { name: 'riscv64 libc', purpose: 'headers and libraries of the target' };
  if (user) return { ...base, found: 'in the cache' };
  return toolchain !== NOTHING && hasRiscvLibc() ? { ...base, found: '/usr/riscv64-linux-gnu' } : base;
}

/** clang looks for the linker of its own version first. */
function findLld(toolchain: Toolchain, env: Environment): string | undefined {
  const version = /clang-([0-9]+)$/.exec(toolchain.compiler[0] ?? '')?.[1];
  return (version === undefined ? undefined : findOnPath(`ld.lld-${version}`, env)) ?? findOnPath('ld.lld', env);
}

async function describe(
  name: string,
  purpose: string,
  command: string | undefined,
  versionArgs: readonly string[],
  toolchain: Toolchain,
  env: Environment,
): Promise<ToolReport> {
  if (command === undefined || command === '') return { name, purpose };
  const result = await runProcess([command, ...versionArgs], {
    env: { ...env, ...toolchain.env },
    timeoutMs: 20_000,
  }).catch(() => undefined);
  if (result?.exitCode !== 0) return { name, purpose };
  const version = result.stdout.split('\n')[0]?.trim();
  return { name, purpose, found: command, ...(version === undefined ? {} : { version }) };
}

/** The first executable of that name on the PATH. */
export function findOnPath(name: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
