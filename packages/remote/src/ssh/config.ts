import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { parseAddress, type SshAddress } from '../devices/address.js';
import { RemoteError } from '../errors.js';
import { runProcess } from '../process.js';
import { findOnPath, type Environment } from '../toolchain.js';

/** All that is needed to reach a host and to know it, as OpenSSH's configuration says. */
export interface ResolvedHost {
  /** The host as the user has written it. */
  readonly alias: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** Keys of the agent that are no identity file are not offered. */
  readonly identitiesOnly: boolean;
  readonly agentSocket?: string;
  /** The user's files first; new keys go into the first. */
  readonly knownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  /** The name that known_hosts has the host under, when it is another. */
  readonly hostKeyAlias?: string;
  /** Hosts to go through, the nearest first. */
  readonly jumps: readonly SshAddress[];
}

type Settings = ReadonlyMap<string, readonly string[]>;

/**
 * Resolves an address by the user's OpenSSH configuration: with `ssh -G` where there is an ssh, else by reading
 * ~/.ssh/config. ssh looks for its files in the home folder of the user database; where HOME names another one, the
 * configuration is that of HOME.
 */
export async function resolveHost(address: SshAddress, env: Environment): Promise<ResolvedHost> {
  const home = env['HOME'] ?? userInfo().homedir;
  const own = home === userInfo().homedir ? findOnPath('ssh', env) : undefined;
  const settings = (own === undefined ? undefined : await askSsh(own, address, env)) ?? readConfig(address, home);
  return toHost(address, settings, home, env['SSH_AUTH_SOCK']);
}

/** What `ssh -G` says; undefined when it cannot be asked. */
async function askSsh(ssh: string, address: SshAddress, env: Environment): Promise<Settings | undefined> {
  const argv = [
    ssh,
    '-G',
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    ...(address.user === undefined ? [] : ['-l', address.user]),
    '--',
    address.host,
  ];
  const result = await runProcess(argv, { env, timeoutMs: 10_000 }).catch(() => undefined);
  if (result?.exitCode !== 0) {
    const [line = ''] = (result?.stderr ?? '').trim().split('\n');
    if (line.includes('config')) throw new RemoteError('connection-refused', `ssh refuses its configuration: ${line}`);
    return undefined;
  }
  return parseSshG(result.stdout);
}

/** Lines of `keyword value`, keywords in lower case. */
export function parseSshG(text: string): Settings {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key === '') continue;
    settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  return settings;
}

/** The settings of ~/.ssh/config for a host; what the command line says comes first, as in ssh. */
function readConfig(address: SshAddress, home: string): Settings {
  const path = join(home, '.ssh', 'config');
  const settings = new Map<string, string[]>();
  if (existsSync(path)) {
    const computed = SSHConfig.parse(readFileSync(path, 'utf8')).compute(address.host, { ignoreCase: true });
    for (const [key, value] of Object.entries(computed)) {
      // A list is already cut into words, which may hold spaces.
      const words = Array.isArray(value) ? value.map((word) => (/\s/.test(word) ? `"${word}"` : word)) : [value];
      settings.set(key.toLowerCase(), words);
    }
  }
  if (address.user !== undefined) settings.set('user', [address.user]);
  if (address.port !== undefined) settings.set('port', [String(address.port)]);
  return settings;
}

const DEFAULT_KEYS = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

function toHost(address: SshAddress, settings: Settings, home: string, agent: string | undefined): ResolvedHost {
  const given = (key: string): readonly string[] => (settings.get(key) ?? []).filter((value) => value !== 'none');
  const one = (key: string): string | undefined => given(key)[0];
  const yes = (key: string): boolean => one(key) === 'yes' || one(key) === 'true';
  const words = (key: string, fallback: string): readonly string[] =>
    splitWords((settings.has(key) ? given(key) : [fallback]).join(' '));
  if (one('proxycommand') !== undefined && one('proxyjump') === undefined) {
    throw new RemoteError(
      'connection-refused',
      `${address.host} is reached with ProxyCommand, which is not supported`,
      ['use ProxyJump, or set up a port forwarding with ssh -L and add its port as a device'],
    );
  }
  const user = one('user') ?? userInfo().username;
  const port = Number(one('port') ?? 22);
  const tokens: Record<string, string> = { n: address.host, d: home, u: userInfo().username, r: user, p: String(port) };
  const hostName = expand(one('hostname') ?? address.host, { ...tokens, h: address.host }, home, false);
  const path = (text: string): string => expand(text, { ...tokens, h: hostName }, home, true);
  const socket = one('identityagent') ?? (settings.has('identityagent') ? '' : 'SSH_AUTH_SOCK');
  const agentSocket = socket === 'SSH_AUTH_SOCK' ? agent : socket === '' ? undefined : path(unquote(socket));
  const alias = one('hostkeyalias');
  return {
    alias: address.host,
    hostName,
    port,
    user,
    identityFiles: (settings.has('identityfile') ? given('identityfile') : DEFAULT_KEYS).map(unquote).map(path),
    identitiesOnly: yes('identitiesonly'),
    ...(agentSocket === undefined || agentSocket === '' ? {} : { agentSocket }),
    knownHostsFiles: [
      ...words('userknownhostsfile', '~/.ssh/known_hosts ~/.ssh/known_hosts2'),
      ...words('globalknownhostsfile', '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2'),
    ].map(path),
    hashKnownHosts: yes('hashknownhosts'),
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    jumps: (one('proxyjump') ?? '')
      .split(',')
      .filter((jump) => jump !== '')
      .map(parseAddress),
  };
}

function unquote(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}

/** Words separated by spaces; quotes keep spaces in one. */
function splitWords(text: string): readonly string[] {
  return (text.match(/"[^"]*"|\S+/g) ?? []).map(unquote);
}

/** Percent tokens and, in paths, a leading ~. An unknown token stays as it is. */
function expand(text: string, tokens: Readonly<Record<string, string>>, home: string, isPath: boolean): string {
  const full = text.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
  if (!isPath) return full;
  if (full === '~' || full.startsWith('~/')) return join(home, full.slice(1));
  return isAbsolute(full) ? full : join(home, '.ssh', full);
}
