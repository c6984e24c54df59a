import type { Fingerprint } from './fingerprint.js';

interface Distribution {
  /** Installs packages whose names follow. */
  readonly install: string;
  /** Packages of tools that are named otherwise. */
  readonly packages: Readonly<Record<string, string>>;
}

const UTIL_LINUX = { flock: 'util-linux', setsid: 'util-linux' };
const COREUTILS = { timeout: 'coreutils', sha256sum: 'coreutils', dd: 'coreutils', stat: 'coreutils' };
const USUAL = { ...UTIL_LINUX, ...COREUTILS };

const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  debian: { install: 'sudo apt-get install', packages: { ...USUAL, sftp: 'openssh-sftp-server' } },
  fedora: { install: 'sudo dnf install', packages: { ...USUAL, sftp: 'openssh-server' } },
  arch: { install: 'sudo pacman -S', packages: { ...USUAL, sftp: 'openssh' } },
  suse: { install: 'sudo zypper install', packages: { ...USUAL, sftp: 'openssh-server' } },
  alpine: { install: 'sudo apk add', packages: { ...USUAL, flock: 'flock', sftp: 'openssh-sftp-server' } },
};

/** Names of os-release that are no key above. */
const ALIASES: Readonly<Record<string, string>> = {
  ubuntu: 'debian',
  bianbu: 'debian',
  rhel: 'fedora',
  centos: 'fedora',
  openeuler: 'fedora',
  opensuse: 'suse',
};

/** The command that installs tools on a machine of this distribution. */
export function installCommand(machine: Pick<Fingerprint, 'distribution' | 'like'>, tools: readonly string[]): string {
  const names = [machine.distribution, ...machine.like.split(' ')].map(
    (name) => name.toLowerCase().split('-')[0] ?? '',
  );
  const known = names.map((name) => DISTRIBUTIONS[ALIASES[name] ?? name]).find((found) => found !== undefined);
  if (known === undefined) return `install ${tools.join(' ')}`;
  return `${known.install} ${[...new Set(tools.map((tool) => known.packages[tool] ?? tool))].join(' ')}`;
}
