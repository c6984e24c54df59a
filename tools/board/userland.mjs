import { defaultCacheDir, packageRoot, readRelease } from '@ait-rvv/remote';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/** Why this machine can have no board; undefined when it can. */
export function whyNoBoard() {
  const { distribution } = thisRelease();
  return distribution === 'debian' ? undefined : `a board is made of Debian's packages, and this is ${distribution}`;
}

/**
 * What a board cannot be without: its system, an emulator that runs in a chroot, and an SSH server. Fetched once;
 * board.json in the cache says where everything is.
 */
export async function fetchUserland(log) {
  const { root, qemu, server } = cachedUserland() ?? (await newUserland(log));
  const libraries = join(server, 'usr/lib', LIBRARIES[process.arch] ?? '');
  return {
    root,
    qemu,
    server: {
      sshd: join(server, 'usr/sbin/sshd'),
      client: (name) => join(server, 'usr/bin', name),
      libraries,
      // For a plain board: its sessions are this machine's.
      sftp: `/usr/bin/env LD_LIBRARY_PATH=${libraries} ${join(server, 'usr/lib/openssh/sftp-server')}`,
    },
  };
}

async function newUserland(log) {
  const found = {
    packages: BOARD_PACKAGES,
    root: await boardRoot(log),
    qemu: await staticQemu(log),
    server: await sshServer(log),
  };
  // Others may be reading it: they find the whole of it, or none.
  const draft = `${note()}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(found, null, 2)}\n`);
  renameSync(draft, note());
  return found;
}

/** What was fetched before for these very packages; undefined when it was not, or is gone. */
export function cachedUserland() {
  if (!existsSync(note())) return undefined;
  const found = JSON.parse(readFileSync(note(), 'utf8'));
  const same = JSON.stringify(found.packages) === JSON.stringify(BOARD_PACKAGES);
  return same && [found.root, found.qemu, found.server].every((path) => existsSync(path)) ? found : undefined;
}

function note() {
  return join(defaultCacheDir(process.env), 'board.json');
}

function thisRelease() {
  const file = '/etc/os-release';
  return readRelease(existsSync(file) ? readFileSync(file, 'utf8') : '');
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
function sshServer(log) {
  return fetchPackages(thisRelease().codename, ARCHITECTURES[process.arch] ?? process.arch, ['openssh-server'], log);
}

/** A mirror may lack a release for an architecture, or be in the middle of an update. */
async function firstRelease(architecture, packages, log) {
  let failure;
  for (const release of RELEASES) {
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
