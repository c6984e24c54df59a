import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { RemoteError } from '../errors.js';
import { parseFacts, runScript } from '../shell/board-shell.js';
import { chooseTransfer } from './choose-transfer.js';
import type { Connection } from './connection.js';
import type { SshSession } from './session.js';
import type { Progress, Transfer } from './transfer.js';

/** A file of this machine by its contents. */
export interface LocalObject {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
}

export interface ObjectStoreOptions {
  /** A folder of the board; default ~/.cache/ait-rvv there. */
  readonly folder?: string | undefined;
  readonly quotaKilobytes: number;
  readonly log: (text: string) => void;
  /** Told about a file that is being sent. */
  readonly progress?: ((path: string, sent: number, size: number) => void) | undefined;
}

interface Place {
  readonly path: string;
  readonly boot: string;
  /** As the board has said, less what was sent since. */
  readonly freeKilobytes: number;
  readonly usedKilobytes: number;
}

/** Hashes asked about in one command, well below the longest command line. */
const BATCH = 400;
/** A part that turns out wrong is sent once more. */
const ATTEMPTS = 2;

/**
 * Contents on a board, by their SHA-256: what is there is never sent again. An upload that was cut off goes on where it
 * stopped. Objects are read-only; working folders hold links to them.
 */
export class ObjectStore {
  readonly #session: SshSession;
  readonly #options: ObjectStoreOptions;
  /** As of one connection: another one may mean that the board was restarted. */
  readonly #places = new WeakMap<Connection, Promise<Place>>();
  readonly #transfers = new WeakMap<Connection, Promise<Transfer>>();

  constructor(session: SshSession, options: ObjectStoreOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** The absolute path of the cache on the board. */
  async path(): Promise<string> {
    return (await this.#known()).path;
  }

  /** Changes whenever the board starts; empty where its kernel does not say. */
  async boot(): Promise<string> {
    return (await this.#known()).boot;
  }

  /** Kilobytes that are free on the disk of the cache. */
  async freeKilobytes(): Promise<number> {
    return (await this.#known()).freeKilobytes;
  }

  /**
   * Makes sure that the board has these contents, all of them at once. Returns the bytes that were sent. Throws
   * RemoteError `device-failed` when there is no room for them.
   */
  async ensure(objects: readonly LocalObject[]): Promise<number> {
    this.#checkQuota(objects);
    const missing = await this.#missing(objects);
    if (missing.length === 0) return 0;
    await this.#makeRoom(missing.reduce((sum, { object, part }) => sum + object.size - part, 0));
    let sent = 0;
    for (const { object, part } of missing) sent += await this.#upload(object, part);
    await this.#spend(sent);
    return sent;
  }

  /** Copies a file of the board to this machine. */
  async fetch(remotePath: string, localPath: string): Promise<void> {
    await this.#session.resume(async (connection) => (await this.#transfer(connection)).read(remotePath, localPath));
  }

  /** Removes what was used longest ago until at most so many kilobytes are left; everything with 0. */
  async clean(keepKilobytes: number): Promise<{ readonly removed: number; readonly kept: number }> {
    const { path } = await this.#known();
    const answer = await runScript(this.#session, 'clean its cache', 'clean', [path, String(keepKilobytes)], {
      timeoutMs: 600_000,
    });
    await this.#forget();
    const [, removed = '0', kept = '0'] = /removed (-?\d+) kept (\d+)/.exec(answer) ?? [];
    return { removed: Math.max(0, Number(removed)), kept: Number(kept) };
  }

  /** Whether files go over sftp or over plain channels. */
  async way(): Promise<Transfer['way']> {
    return this.#session.resume(async (connection) => (await this.#transfer(connection)).way);
  }

  /** Makes a file of a working folder an object: contents that the board has made itself. */
  async adopt(work: string, name: string, hash: string): Promise<void> {
    const { path } = await this.#known();
    await runScript(this.#session, `keep ${JSON.stringify(name)}`, 'adopt', [path, work, name, hash]);
  }

  async #missing(objects: readonly LocalObject[]): Promise<{ readonly object: LocalObject; readonly part: number }[]> {
    const byHash = new Map(objects.map((object) => [object.hash, object]));
    const hashes = [...byHash.keys()];
    const missing: { object: LocalObject; part: number }[] = [];
    for (let at = 0; at < hashes.length; at += BATCH) {
      for (const [hash, size] of await this.#ask(hashes.slice(at, at + BATCH))) {
        const object = byHash.get(hash);
        if (object !== undefined && size !== 'there') missing.push({ object, part: Math.min(size, object.size) });
      }
    }
    return missing;
  }

  /** For every hash whether it is there, or how many bytes of it are. */
  async #ask(hashes: readonly string[]): Promise<ReadonlyMap<string, number | 'there'>> {
    const { path, boot } = await this.#known();
    // Contents from before a restart are hashed again, which takes time.
    const answer = await runScript(this.#session, 'look into its cache', 'have', [path, boot, ...hashes], {
      timeoutMs: 600_000,
    });
    const lines = answer.split('\n').map((line) => line.split(' '));
    return new Map(lines.map(([hash = '', size = '']) => [hash, size === 'there' ? 'there' : Number(size) || 0]));
  }

  /** Sends what the board does not have of some contents, and again as much as it takes. */
  async #upload(object: LocalObject, part: number): Promise<number> {
    let sent = 0;
    let known: number | 'there' | undefined = part;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      let resumed = false;
      const there = await this.#session.resume(async (connection) => {
        const offset = known ?? (await this.#ask([object.hash])).get(object.hash) ?? 0;
        known = undefined;
        if (offset === 'there') return true;
        if (offset > 0) resumed = true;
        let confirmed = offset;
        await this.#write(connection, object, offset, (bytes) => {
          sent += bytes - confirmed;
          confirmed = bytes;
        });
        return false;
      });
      if (there || (await this.#store(object, resumed))) return sent;
    }
    throw new RemoteError('device-failed', `${this.#session.name} damages what is sent to it: ${object.path}`, [
      'its file system or its memory may be broken',
    ]);
  }

  async #write(connection: Connection, object: LocalObject, offset: number, progress: Progress): Promise<void> {
    if (offset === object.size && offset > 0) return;
    const { path } = await this.#known();
    const transfer = await this.#transfer(connection);
    const both = (bytes: number): void => {
      progress(bytes);
      this.#options.progress?.(object.path, bytes, object.size);
    };
    await transfer
      .write(object.path, `${path}/parts/${object.hash}`, offset, both)
      .catch((error: unknown) => this.#explainWrite(connection, object, error));
  }

  /** Puts a complete part in its place. What was sent in several pieces is hashed there first. */
  async #store(object: LocalObject, check: boolean): Promise<boolean> {
    const { path, boot } = await this.#known();
    const args = [path, boot, object.hash, String(object.size), check ? 'check' : 'trust'];
    const result = await this.#session.run('store', args, { timeoutMs: 600_000 });
    if (result.exitCode !== 0 && result.exitCode !== 65) {
      throw new RemoteError('device-failed', `${this.#session.name} cannot store ${object.path}`, [
        result.stderr.trim().split('\n')[0] ?? '',
      ]);
    }
    return result.exitCode === 0;
  }

  async #explainWrite(connection: Connection, object: LocalObject, error: unknown): Promise<never> {
    if (!connection.alive || (error instanceof RemoteError && error.code === 'connection-lost')) throw error as Error;
    await this.#forget();
    const { freeKilobytes, path } = await this.#known();
    if (freeKilobytes < 1024) throw this.#full(object.size, freeKilobytes, path);
    const reason = error instanceof Error ? error.message : String(error);
    throw new RemoteError('device-failed', `${object.path} cannot be written to ${this.#session.name}: ${reason}`);
  }

  #checkQuota(objects: readonly LocalObject[]): void {
    const bytes = objects.reduce((sum, { size }) => sum + size, 0);
    const { quotaKilobytes } = this.#options;
    if (bytes <= 1024 * quotaKilobytes) return;
    const { name } = this.#session;
    throw new RemoteError(
      'device-failed',
      `${inMegabytes(bytes)} MB are to be sent to ${name}, where ${inMegabytes(1024 * quotaKilobytes)} MB may be taken`,
      [`remove ${name} and add it again with a larger --quota of ait-rvv device add`],
    );
  }

  async #makeRoom(bytes: number): Promise<void> {
    const needed = Math.ceil(bytes / 1024);
    const { quotaKilobytes, log } = this.#options;
    const before = await this.#known();
    if (before.usedKilobytes + needed > quotaKilobytes || before.freeKilobytes < needed) {
      const { removed } = await this.clean(
        Math.max(1, Math.min(quotaKilobytes, before.usedKilobytes + before.freeKilobytes) - needed),
      );
      if (removed > 0) log(`${this.#session.name}: removed ${removed} KB from its cache`);
    }
    const { freeKilobytes, path } = await this.#known();
    if (freeKilobytes < needed) throw this.#full(bytes, freeKilobytes, path);
  }

  #full(bytes: number, freeKilobytes: number, path: string): RemoteError {
    const free = inMegabytes(freeKilobytes * 1024);
    return new RemoteError(
      'device-failed',
      `the disk of ${this.#session.name} is full: ${free} MB are free in ${path}, ${inMegabytes(bytes)} MB are needed`,
      [`ait-rvv device clean ${this.#session.name}, or another folder with ait-rvv device add --folder`],
    );
  }

  #transfer(connection: Connection): Promise<Transfer> {
    let transfer = this.#transfers.get(connection);
    if (transfer === undefined) {
      transfer = chooseTransfer(connection);
      this.#transfers.set(connection, transfer);
    }
    return transfer;
  }

  async #known(): Promise<Place> {
    const connection = await this.#session.connection();
    let place = this.#places.get(connection);
    if (place === undefined) this.#places.set(connection, (place = this.#find()));
    return place;
  }

  async #spend(bytes: number): Promise<void> {
    const kilobytes = Math.ceil(bytes / 1024);
    const { path, boot, freeKilobytes: free, usedKilobytes: used } = await this.#known();
    const place = { path, boot, freeKilobytes: free - kilobytes, usedKilobytes: used + kilobytes };
    this.#places.set(await this.#session.connection(), Promise.resolve(place));
  }

  /** What is free has to be asked for again. */
  async #forget(): Promise<void> {
    this.#places.delete(await this.#session.connection());
  }

  async #find(): Promise<Place> {
    const folder = this.#options.folder;
    const facts = parseFacts(
      await runScript(this.#session, 'make its cache folder', 'place', folder === undefined ? [] : [folder]),
    );
    const one = (key: string): string => facts.get(key)?.[0] ?? '';
    const path = one('place');
    if (!path.startsWith('/')) throw new RemoteError('device-failed', `${this.#session.name} names no cache folder`);
    return {
      path,
      boot: one('boot'),
      freeKilobytes: Number(one('free')) || 0,
      usedKilobytes: Number(one('used')) || 0,
    };
  }
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

const HASH_BLOCK = 4 << 20;

/** Hashes a file of this machine. */
export async function localObject(path: string): Promise<LocalObject> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    // One block for all of it: a stream would spend its time on fresh ones.
    const block = Buffer.allocUnsafe(HASH_BLOCK);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(block, 0, block.length, size);
      if (bytesRead === 0) return { path, hash: hash.digest('hex'), size };
      hash.update(block.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}
