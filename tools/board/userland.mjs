import { defaultCacheDir, packageRoot, readRelease } from '@ait-rvv/remote';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Releases to make a board of, the first that the machine's mirror has in full. */
const RELEASES = ['trixie', 'forky'];
const BOARD_PACKAGES = [
  'base-files',
  'clang',
  'coreutils',
  'dash',
  'findutils',
  'grep',
  'make',
  'openssh-sftp-server',
  'procps',
  'sed',
  'util-linux',
];
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
const LIBRARIES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** What a board cannot be without: its system, an emulator that runs in a chroot, and an SSH server. */
export async function fetchUserland(log) {
  const [root, qemu, server] = [await boardRoot(log), await staticQemu(log), await sshServer(log)];
  return { root, qemu, server };
}

/** A riscv64 system with a native clang, and the few files that only package scripts would make. */
async function boardRoot(log) {
  const root = await firstRelease('riscv64', BOARD_PACKAGES, log);
  for (const folder of ['proc', 'dev', 'sys', 'run', 'tmp', 'root', 'home']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  write(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  write(join(root, 'etc/group'), 'root:x:0:\n');
  return root;
}

/** QEMU's user mode emulator, linked statically: inside of the board there are no libraries of this machine. */
async function staticQemu(log) {
  const root = await firstRelease(ARCHITECTURES[process.arch] ?? process.arch, ['qemu-user'], log);
  return join(root, 'usr/bin/qemu-riscv64');
}

/** sshd of this machine's own release, unpacked: an installed one would open a port of the machine to everyone. */
export async function sshServer(log) {
  const { codename } = readRelease(readFileSync('/etc/os-release', 'utf8'));
  const root = await fetchPackages(codename, ARCHITECTURES[process.arch] ?? process.arch, ['openssh-server'], log);
  return {
    sshd: join(root, 'usr/sbin/sshd'),
    client: (name) => join(root, 'usr/bin', name),
    libraries: join(root, 'usr/lib', LIBRARIES[process.arch] ?? ''),
  };
}

/** A mirror may lack a release for an architecture, or be in the middle of an update. */
async function firstRelease(architecture, packages, log) {
  const cache = join(defaultCacheDir(process.env), 'debian');
  const cached = (release) =>
    existsSync(cache) && readdirSync(cache).some((name) => name.startsWith(`${release}-${architecture}-`));
  let failure;
  for (const release of [...RELEASES].sort((a, b) => Number(cached(b)) - Number(cached(a)))) {
    try {
      return await fetchPackages(release, architecture, packages, log);
    } catch (error) {
      failure ??= error;
      log(`Debian ${release} for ${architecture} cannot be had: ${error.hints?.[0] ?? error.message}`);
    }
  }
  throw failure;
}

function fetchPackages(release, architecture, packages, log) {
  return packageRoot({
    release,
    architecture,
    packages,
    cacheDir: defaultCacheDir(process.env),
    env: process.env,
    log,
  });
}

function write(path, text) {
  if (!existsSync(path)) writeFileSync(path, text);
}
