import { spawnSync } from 'node:child_process';

/** Namespaces in which a file system may be mounted: root needs one of mounts, everybody else one of users as well. */
const NAMESPACES = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
];

let found: { readonly namespace: readonly string[] } | { readonly reason: string } | undefined;

/** Why this machine lets nobody mount a file system; undefined when it does. */
export function whyNoSmallDisk(): string | undefined {
  const namespace = findNamespace();
  return 'reason' in namespace ? namespace.reason : undefined;
}

export interface DiskRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a shell script where `folder` is a file system of so many kilobytes, whose space really ends: `$1` is the folder,
 * `$2` and so on the arguments. The file system is gone when the script has ended, and nobody else sees it.
 */
export function onSmallDisk(
  folder: string,
  kilobytes: number,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): DiskRun {
  const namespace = findNamespace();
  if ('reason' in namespace) throw new Error(namespace.reason);
  const [command = '', ...argv] = shellIn(namespace.namespace, `size=${kilobytes}k`, script, [folder, ...args]);
  const { status, stdout, stderr } = spawnSync(command, argv, { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function shellIn(
  namespace: readonly string[],
  options: string,
  script: string,
  args: readonly string[],
): readonly string[] {
  const mounted = `set -e; mount -t tmpfs -o ${options} none "$1"; ${script}`;
  return [...namespace, '/bin/sh', '-c', mounted, 'sh', ...args];
}

function findNamespace(): NonNullable<typeof found> {
  if (found !== undefined) return found;
  for (const namespace of NAMESPACES) {
    const [command = '', ...argv] = shellIn(namespace, 'size=64k', 'true', ['/tmp']);
    if (spawnSync(command, argv).status === 0) return (found = { namespace });
  }
  return (found = { reason: 'neither root nor user namespaces may mount a file system here' });
}
