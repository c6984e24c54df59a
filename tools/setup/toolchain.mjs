import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installAsRoot } from './toolchain-root.mjs';
import { installAsUser } from './toolchain-user.mjs';
import { exists, say, SetupError } from './say.mjs';

/** Newest first would be tempting; 19 is the one the project is tested with. */
export const CLANG_VERSIONS = [19, 20, 21, 18, 17];

const HEADERS = '/usr/riscv64-linux-gnu/include/stdlib.h';
const CROSS_GCC = '/usr/lib/gcc-cross/riscv64-linux-gnu';

/** The user's cache folder; packages/remote looks in the same place. */
export function cacheDir() {
  if (process.env.AIT_RVV_CACHE) return process.env.AIT_RVV_CACHE;
  return join(process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache'), 'ait-rvv');
}

/** Makes sure that there is a cross compiler, an emulator and make. */
export function installToolchain(checkOnly) {
  const forceUser = process.env.AIT_RVV_TOOLCHAIN === 'user';
  const missing = forceUser ? ['the user toolchain'] : missingTools();
  if (missing.length === 0) return false;
  if (existsSync(join(cacheDir(), 'toolchain.json'))) return false;
  if (checkOnly) throw new SetupError(`missing: ${missing.join(', ')}; run npm run setup`);
  if (!exists('apt-get')) {
    throw new SetupError(
      `missing: ${missing.join(', ')}; this system has no apt, so install them by hand: ait-rvv doctor says what is needed`,
    );
  }
  const asRoot = process.getuid?.() === 0 && !forceUser;
  say(
    `missing: ${missing.join(', ')}; ${asRoot ? 'installing with apt' : `unpacking Debian packages into ${cacheDir()}`}`,
  );
  if (asRoot) installAsRoot();
  else installAsUser(cacheDir());
  return true;
}

function missingTools() {
  const has = (name) => onPath(name) !== undefined;
  const clang = CLANG_VERSIONS.find(
    (version) => has(`clang-${version}`) && (has(`ld.lld-${version}`) || has('ld.lld')),
  );
  const tools = [
    ['clang with lld', clang !== undefined],
    ['qemu-riscv64', has('qemu-riscv64')],
    ['the riscv64 C library', existsSync(HEADERS) && existsSync(CROSS_GCC) && readdirSync(CROSS_GCC).length > 0],
    ['make', has('make')],
    ['cmake', has('cmake')],
    ['a C compiler', has('cc') || has('gcc')],
  ];
  return tools.filter(([, found]) => !found).map(([name]) => name);
}

export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
