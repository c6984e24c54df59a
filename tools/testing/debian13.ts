import { defaultCacheDir, packageRoot, runProcess, type RunResult } from '@ait-rvv/remote';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** A Debian 13 userland of this machine's architecture with these packages, fetched once and kept in the cache. */
export function debian13(packages: readonly string[]): Promise<string> {
  return packageRoot({
    release: 'trixie',
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    packages: ['dash', 'coreutils', 'make', ...packages],
    cacheDir: defaultCacheDir(process.env),
    env: process.env,
    log: (text) => void process.stderr.write(`${text}\n`),
  });
}

/**
 * Runs a shell command in such a userland with `folder` bound to its own path, in namespaces of its own: as root or as
 * a user the kernel lets make them.
 */
export function inDebian13(root: string, folder: string, command: string): Promise<RunResult> {
  mkdirSync(join(root, folder), { recursive: true });
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = 'mount --bind "$2" "$1$2" && exec chroot "$1" /bin/sh -c "cd \'$2\' && $3"';
  return runProcess(['unshare', ...user, '--mount', '/bin/sh', '-c', script, 'sh', root, folder, command], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/' },
  });
}
