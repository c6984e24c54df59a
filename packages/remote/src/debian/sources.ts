import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../errors.js';

/** One `deb` line: a mirror, a suite of it, and the keyring that signs it when it is not apt's default. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly signedBy?: string;
}

/** The distribution and release of a machine: os-release's ID and VERSION_CODENAME. */
export interface Release {
  readonly distribution: string;
  readonly codename: string;
}

export function readRelease(osRelease: string): Release {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? 'unknown';
  return { distribution: field('ID'), codename: field('VERSION_CODENAME') };
}

/** The binary sources of an apt file: `.sources` files are stanzas (deb822), others one line a source. */
export function parseAptSources(path: string, text: string): readonly AptSource[] {
  return path.endsWith('.sources') ? text.split(/\n\s*\n/).flatMap(parseStanza) : text.split('\n').flatMap(parseLine);
}

function parseStanza(stanza: string): readonly AptSource[] {
  const fields = new Map<string, string>();
  for (const line of stanza.split('\n')) {
    const [, name = '', value = ''] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== '') fields.set(name.toLowerCase(), value.trim());
  }
  const words = (name: string): readonly string[] =>
    (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
  if (!words('types').includes('deb') || fields.get('enabled') === 'no') return [];
  const keyring = fields.get('signed-by') ?? '';
  const signed = keyring.startsWith('/') ? { signedBy: keyring } : {};
  return words('uris').flatMap((uri) =>
    words('suites').map((suite) => ({ uri, suite, components: words('components'), ...signed })),
  );
}

function parseLine(line: string): readonly AptSource[] {
  const [, options = '', uri, suite, components = ''] =
    /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line) ?? [];
  if (uri === undefined || suite === undefined) return [];
  const keyring = /signed-by=(\/\S+)/.exec(options)?.[1];
  const words = components.trim().split(/\s+/);
  return [{ uri, suite, components: words, ...(keyring === undefined ? {} : { signedBy: keyring }) }];
}

/**
 * The sources for `release` on a machine: those of the machine's own release, third parties left out; for another
 * release of the same distribution the same mirrors, asked for its suites.
 */
export function sourcesOf(release: string, own: Release, all: readonly AptSource[]): readonly AptSource[] {
  return all.flatMap((source) => {
    const [, codename, pocket = ''] = /^([a-z]+)(-.*)?$/.exec(source.suite) ?? [];
    return codename === own.codename ? [{ ...source, suite: `${release}${pocket}` }] : [];
  });
}

/** sources.list in the one-line form. */
export function sourcesList(sources: readonly AptSource[]): string {
  const line = ({ uri, suite, components, signedBy }: AptSource): string =>
    `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${uri} ${suite} ${components.join(' ')}\n`;
  return sources.map(line).join('');
}

/** Codename of this machine's release. */
export function ownRelease(): string {
  return machineRelease().codename;
}

function machineRelease(): Release {
  const osRelease = '/etc/os-release';
  return readRelease(existsSync(osRelease) ? readFileSync(osRelease, 'utf8') : '');
}

/** This machine's sources for a release of its distribution; its own release by default. */
export function machineSources(release?: string): readonly AptSource[] {
  const own = machineRelease();
  if (release !== undefined && release !== own.codename && own.distribution !== 'debian') {
    throw new RemoteError('tool-missing', `Debian ${release} packages are fetched from a Debian machine's own mirror`, [
      `this is ${own.distribution} ${own.codename}, whose apt knows no Debian mirror`,
    ]);
  }
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ].filter((path) => existsSync(path));
  const all = files.flatMap((path) => parseAptSources(path, readFileSync(path, 'utf8')));
  const sources = sourcesOf(release ?? own.codename, own, all);
  if (sources.length > 0) return sources;
  throw new RemoteError('tool-missing', `apt has no sources for ${own.distribution} ${own.codename}`);
}
