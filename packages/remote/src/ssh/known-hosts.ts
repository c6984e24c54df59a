import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A key line of a known_hosts file. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Host names and patterns separated by commas, or `|1|salt|hash`. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

/** What known_hosts says about the key a host has shown. */
export type HostKeyVerdict =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** The host has these keys there, and the shown one is none of them. */
  | { readonly kind: 'changed'; readonly entries: readonly KnownHost[] }
  | { readonly kind: 'unknown'; readonly authority?: KnownHost };

/** The lines of a file that are entries; comments and what cannot be read are left out, as OpenSSH does. */
export function parseKnownHosts(file: string, text: string): readonly KnownHost[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const words = raw.trim().split(/[ \t]+/);
    const [first = ''] = words;
    if (first === '' || first.startsWith('#')) return [];
    const marked = first.startsWith('@');
    if (marked && first !== '@revoked' && first !== '@cert-authority') return [];
    const [hosts = '', type = '', base64 = ''] = marked ? words.slice(1) : words;
    const key = Buffer.from(base64, 'base64');
    if (keyType(key) !== type || type === '') return [];
    const marker = first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'cert-authority' : 'none';
    return [{ file, line: index + 1, marker, hosts, type, key }];
  });
}

/**
 * What the entries say about the key of a host. On another port than 22 a host is `[name]:port`; an entry without the
 * port counts when its key is the same. A key of another type than the known ones is a changed one: OpenSSH would ask
 * for a known type first, and so do we.
 */
export function judgeHostKey(entries: readonly KnownHost[], host: string, port: number, key: Buffer): HostKeyVerdict {
  const matching = entries.filter((entry) => matchesHost(entry.hosts, knownName(host, port)));
  const bare = port === 22 ? [] : entries.filter((entry) => matchesHost(entry.hosts, host.toLowerCase()));
  const same = (entry: KnownHost): boolean => entry.key.equals(key);
  const revoked = [...matching, ...bare].find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = matching.filter((entry) => entry.marker === 'none');
  if (plain.some(same)) return { kind: 'trusted' };
  if (plain.length > 0) return { kind: 'changed', entries: plain };
  if (bare.some((entry) => entry.marker === 'none' && same(entry))) return { kind: 'trusted' };
  const authority = matching.find((entry) => entry.marker === 'cert-authority');
  return authority === undefined ? { kind: 'unknown' } : { kind: 'unknown', authority };
}

/** Types of the keys that a host is known by. */
export function knownKeyTypes(entries: readonly KnownHost[], host: string, port: number): readonly string[] {
  const named = (name: string): readonly KnownHost[] =>
    entries.filter((entry) => entry.marker === 'none' && matchesHost(entry.hosts, name));
  const found = named(knownName(host, port));
  return (found.length > 0 || port === 22 ? found : named(host.toLowerCase())).map((entry) => entry.type);
}

/** The name of a host in known_hosts: `host`, or `[host]:port` when the port is not 22. */
export function knownName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** The line for a host's key; with `hashed` its name cannot be read from it. */
export function knownHostLine(host: string, port: number, key: Buffer, hashed: boolean): string {
  const name = knownName(host, port);
  if (!hashed) return `${name} ${keyType(key)} ${key.toString('base64')}\n`;
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${hashName(salt, name)} ${keyType(key)} ${key.toString('base64')}\n`;
}

/** `SHA256:…` as OpenSSH prints it. */
export function keyFingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type a key names itself; empty when it is no key. A host may send anything: only plain characters pass. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  const name = length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(name) ? name : '';
}

function hashName(salt: Buffer, name: string): string {
  return createHmac('sha1', salt).update(name).digest('base64');
}

function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) {
    const [, version, salt = '', hash = ''] = hosts.split('|');
    return version === '1' && hashName(Buffer.from(salt, 'base64'), name) === hash;
  }
  let found = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!') && matchesPattern(pattern.slice(1), name)) return false;
    if (!pattern.startsWith('!') && matchesPattern(pattern, name)) found = true;
  }
  return found;
}

/** `*` is any text, `?` one character; nothing else is special. Linear in both lengths for one `*` after another. */
function matchesPattern(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === '*') [star, mark] = [p++, n];
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, n] = [star + 1, ++mark];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
