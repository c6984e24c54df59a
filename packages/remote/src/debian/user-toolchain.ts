import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, type Environment, type Toolchain } from '../toolchain.js';
import { PrivateApt } from './private-apt.js';
import { machineSources } from './sources.js';
import { chooseToolchainPackages, type ToolchainPackages } from './toolchain-packages.js';
import { unpackPackages } from './unpack.js';

/** Where Debian's cross packages put headers and libraries of the target. */
const SYSROOT = 'usr/riscv64-linux-gnu';

/** The C library of this machine must stay its own, and dpkg is not for us to replace. */
const KEPT_OUT = new Set(['libc6', 'libc-bin', 'dpkg']);

/**
 * Unpacks the cross compiler, linker and emulator of this machine's own release into the cache, without root, and
 * describes them in toolchain.json, where findToolchain looks.
 */
export async function installUserToolchain(
  cacheDir: string,
  env: Environment,
  log: (text: string) => void,
): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, 'toolchain-part-'));
  try {
    const apt = await PrivateApt.open({ work, sources: machineSources(), env });
    const hostCompiler = findOnPath('cc', env) ?? findOnPath('gcc', env);
    const packages = await chooseToolchainPackages((name) => apt.available(name), hostCompiler === undefined);
    const archives = await apt.download(packages.names);
    log(`unpacking ${archives.length} packages`);
    await unpackPackages(archives, join(work, 'root'), (name) => !KEPT_OUT.has(name));
    await letSysrootFindItself(join(work, 'root', SYSROOT));
    const place = join(cacheDir, 'toolchain');
    await rm(place, { recursive: true, force: true });
    await rename(join(work, 'root'), place);
    const description = JSON.stringify(describe(place, packages, env, hostCompiler), null, 2);
    await writeFile(join(work, 'toolchain.json'), `${description}\n`);
    await rename(join(work, 'toolchain.json'), join(cacheDir, 'toolchain.json'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The cross libc's linker scripts name their libraries by absolute paths, which the linker looks for below the sysroot. */
async function letSysrootFindItself(sysroot: string): Promise<void> {
  await mkdir(join(sysroot, 'usr'), { recursive: true });
  await symlink('..', join(sysroot, SYSROOT));
}

function describe(
  root: string,
  { clang, gcc }: ToolchainPackages,
  env: Environment,
  hostCompiler: string | undefined,
): Toolchain {
  const llvm = join(root, 'usr/lib', `llvm-${clang}`);
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const compiler = join(llvm, 'bin/clang');
  return {
    compiler: [
      compiler,
      '--target=riscv64-linux-gnu',
      `--sysroot=${join(root, SYSROOT)}`,
      `--gcc-install-dir=${join(root, 'usr/lib/gcc-cross/riscv64-linux-gnu', String(gcc))}`,
    ],
    linkFlags: [`-fuse-ld=${join(llvm, 'bin/ld.lld')}`, '-static'],
    emulator: [join(root, 'usr/bin/qemu-riscv64')],
    make: findOnPath('make', env) ?? join(root, 'usr/bin/make'),
    cmake: findOnPath('cmake', env) ?? join(root, 'usr/bin/cmake'),
    hostCompiler: hostCompiler === undefined ? [compiler, `--sysroot=${root}`] : [hostCompiler],
    env: { LD_LIBRARY_PATH: `${join(llvm, 'lib')}:${join(root, 'usr/lib', machine)}` },
  };
}
