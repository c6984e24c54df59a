import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { RemoteError } from '../errors.js';
import type { ResolvedHost } from './config.js';
import {
  judgeHostKey,
  keyFingerprint,
  keyType,
  knownHostLine,
  knownKeyTypes,
  parseKnownHosts,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.js';
import type { Prompts } from './prompts.js';

/**
 * What to do with a host that known_hosts does not have: refuse it, take and record its key, or ask. A key that has
 * changed or was revoked is refused always.
 */
export type HostKeyPolicy = 'strict' | 'accept-new' | 'ask';

export interface HostKeyOptions {
  readonly policy: HostKeyPolicy;
  /** Needed for `ask`, which is `strict` without. */
  readonly prompts: Prompts | undefined;
  readonly log: (text: string) => void;
}

const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Decides whether a host is the one it should be. */
export class HostKeyCheck {
  readonly #host: ResolvedHost;
  readonly #options: HostKeyOptions;
  readonly #entries: readonly KnownHost[];

  constructor(host: ResolvedHost, options: HostKeyOptions) {
    this.#host = host;
    this.#options = options;
    this.#entries = host.knownHostsFiles.flatMap(readKnownHosts);
  }

  /** Key algorithms to ask the host for: those of the keys it is known by first. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const types = new Set(knownKeyTypes(this.#entries, this.#name, this.#port));
    const known = (algorithm: string): boolean => types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
    return [...ALGORITHMS.filter(known), ...ALGORITHMS.filter((algorithm) => !known(algorithm))];
  }

  /** Returns when the key is the host's; throws RemoteError `connection-refused` when it is not, or nobody knows. */
  async check(key: Buffer): Promise<void> {
    const verdict = judgeHostKey(this.#entries, this.#name, this.#port, key);
    if (verdict.kind === 'trusted') return;
    if (verdict.kind === 'unknown') return this.#introduce(key, verdict);
    throw this.#refusal(key, verdict);
  }

  get #name(): string {
    return this.#host.hostKeyAlias ?? this.#host.hostName;
  }

  /** An alias stands for a host whatever its port. */
  get #port(): number {
    return this.#host.hostKeyAlias === undefined ? this.#host.port : 22;
  }

  #refusal(key: Buffer, verdict: Extract<HostKeyVerdict, { kind: 'changed' | 'revoked' }>): RemoteError {
    const shown = `${keyFingerprint(key)} (${keyType(key)})`;
    if (verdict.kind === 'revoked') {
      return refused(`the host key ${shown} of ${this.#name} was revoked`, [placeOf(verdict.entry)]);
    }
    const [entry] = verdict.entries.filter((one) => one.type === keyType(key)).concat(verdict.entries);
    if (entry === undefined) throw new Error('a changed key has an entry');
    return refused(
      `the host key of ${this.#name} has changed: it is ${shown}, known is ${keyFingerprint(entry.key)} (${entry.type})`,
      [
        `known from ${placeOf(entry)}`,
        'someone may be in between; if the board was installed anew, remove that line and connect again',
      ],
    );
  }

  async #introduce(key: Buffer, verdict: Extract<HostKeyVerdict, { kind: 'unknown' }>): Promise<void> {
    const shown = `${keyFingerprint(key)} (${keyType(key)})`;
    if (verdict.authority !== undefined) {
      throw refused(`${this.#name} is known by a certificate authority only, and certificates are not supported`, [
        `authority in ${placeOf(verdict.authority)}; the host's own key is ${shown}`,
        'add a line with the plain key of the host to known_hosts',
      ]);
    }
    const { policy, prompts, log } = this.#options;
    const accepted =
      policy === 'accept-new' ||
      (policy === 'ask' &&
        prompts !== undefined &&
        (await prompts.confirm(`${this.#name} is not known; its host key is ${shown}. Connect?`)));
    if (!accepted) {
      throw refused(`${this.#name} is not known; its host key is ${shown}`, [
        'compare it on the board with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
        'then connect once with --host-key accept-new, or with ssh',
      ]);
    }
    await this.#record(key);
    log(`${this.#name}: new host key ${shown} recorded`);
  }

  async #record(key: Buffer): Promise<void> {
    const [file] = this.#host.knownHostsFiles;
    if (file === undefined) return;
    const line = knownHostLine(this.#name, this.#port, key, this.#host.hashKnownHosts);
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      await appendFile(file, text === '' || text.endsWith('\n') ? line : `\n${line}`, { mode: 0o600 });
    } catch {
      throw refused(`the host key of ${this.#name} cannot be recorded in ${file}`);
    }
  }
}

function refused(message: string, hints: readonly string[] = []): RemoteError {
  return new RemoteError('connection-refused', message, hints);
}

function placeOf(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`;
}

function readKnownHosts(file: string): readonly KnownHost[] {
  try {
    return parseKnownHosts(file, readFileSync(file, 'utf8'));
  } catch {
    // Most of the usual places are empty.
    return [];
  }
}
