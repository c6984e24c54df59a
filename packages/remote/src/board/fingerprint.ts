import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseFacts, runScript, type BoardShell } from '../shell/board-shell.js';

const schema = z.object({
  schemaVersion: z.literal(1),
  /** What the machine is known by, such as its host key; another one at the same address is another machine. */
  identity: z.string(),
  /** `uname -m`. */
  machine: z.string(),
  system: z.string(),
  kernel: z.string(),
  /** Changes whenever the machine starts; empty where the kernel does not say. */
  boot: z.string(),
  model: z.string(),
  cores: z.number(),
  memoryKilobytes: z.number(),
  /** Highest clock of each group of cores, as far as the kernel says. */
  kilohertz: z.array(z.number()),
  distribution: z.string(),
  /** Distributions that this one is made from. */
  like: z.string(),
  release: z.string(),
  user: z.string(),
  /** Seconds the machine's clock is ahead of ours. */
  clockAhead: z.number(),
  tools: z.array(z.string()),
  compilers: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Bits of a vector register; 0 without a vector unit. */
  vlen: z.number(),
  /** Names of the ISA line and of what the kernel has probed, in lower case, without "rv64". */
  extensions: z.array(z.string()),
  /** `perf_event`, or why cycles cannot be counted. */
  cycles: z.string(),
  /** Smallest step of the monotonic clock that was seen. */
  timerNanoseconds: z.number(),
});

/** What a machine is: read once, stored, and read again when it has been started anew. */
export type Fingerprint = z.infer<typeof schema>;

/** Asks a machine what it is. `probe` runs the probe of native/board there and returns what it prints. */
export async function readFingerprint(
  shell: BoardShell,
  identity: string,
  probe: () => Promise<string>,
): Promise<Fingerprint> {
  const facts = parseFacts(await runScript(shell, 'describe itself', 'describe', []));
  const now = Date.now() / 1000;
  const probed = parseFacts(await probe());
  const all = (key: string): readonly string[] => facts.get(key) ?? [];
  const one = (key: string): string => all(key)[0] ?? '';
  const number = (text: string | undefined): number => Number(text ?? 0) || 0;
  return {
    schemaVersion: 1,
    identity,
    machine: one('machine'),
    system: one('system'),
    kernel: one('kernel'),
    boot: one('boot'),
    model: one('model'),
    cores: number(one('cores')),
    memoryKilobytes: number(one('memory')),
    kilohertz: all('kilohertz').map(number),
    distribution: one('distribution'),
    like: one('like'),
    release: one('release'),
    user: one('user'),
    clockAhead: Math.round(number(one('time')) - now),
    tools: [...all('tool')],
    compilers: all('compiler').map((text) => {
      const [name = '', version = ''] = text.split('\t');
      return { name, version };
    }),
    vlen: number(probed.get('vlen')?.[0]),
    extensions: [
      ...new Set([...isaExtensions(one('isa')), ...(probed.get('extensions')?.[0] ?? '').split(' ')]),
    ].filter((name) => name !== ''),
    cycles: probed.get('cycles')?.[0] ?? 'the probe does not say',
    timerNanoseconds: number(probed.get('timer')?.[0]),
  };
}

/** `rv64imafdcv_zicbom_zvl256b` to its extensions: single letters first, then names. */
export function isaExtensions(isa: string): readonly string[] {
  const [base = '', ...names] = isa.toLowerCase().split('_');
  const letters = /^rv(?:32|64|128)([a-z]*)$/.exec(base)?.[1] ?? '';
  // g stands for imafd and the two that were part of i once.
  return [...(letters.replace('g', 'imafd').match(/[a-z]/g) ?? []), ...names.map((name) => name.trim())].filter(
    (name) => name !== '',
  );
}

/** Fingerprints of machines on this one, in the cache. */
export class FingerprintStore {
  readonly #folder: string;

  constructor(cacheDir: string) {
    this.#folder = join(cacheDir, 'fingerprints');
  }

  /** What was stored under a key, such as an address; undefined when nothing was. */
  async read(key: string): Promise<Fingerprint | undefined> {
    try {
      const parsed = schema.safeParse(JSON.parse(await readFile(this.#path(key), 'utf8')));
      return parsed.data;
    } catch {
      return undefined;
    }
  }

  async write(key: string, fingerprint: Fingerprint): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const part = `${this.#path(key)}.${process.pid}.part`;
    await writeFile(part, `${JSON.stringify(fingerprint, null, 2)}\n`);
    await rename(part, this.#path(key));
  }

  #path(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`);
  }
}
