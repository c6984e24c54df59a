import { CacheError, openCache, type Measurement } from '@ait-rvv/tuning';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { findSql } from '../src/cache/sql-driver.js';

export const folder = scratchFolder();

/** SQLite as the package finds it; undefined where there is none. */
export const sql = await findSql();
export const NO_SQL = 'no SQLite: this Node.js has none built in, and better-sqlite3 was not built';

/** Runs tests once for each kind of file; those of databases only where there is SQLite. */
export function describeStores(tests: (format: string) => void): void {
  describe.each(['db', 'jsonl'])('a .%s file', (format) => {
    beforeEach(({ skip }) => skip(format === 'db' && sql === undefined, NO_SQL));
    tests(format);
  });
}

export function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}

let count = 0;
/** A file that is not there yet. */
export function place(format: string): string {
  return join(folder, `cache${count++}.${format}`);
}

export async function read(path: string): Promise<readonly Measurement[]> {
  const cache = await openCache(path, 'read');
  const all = cache.all();
  cache.close();
  return all;
}

export async function write(path: string, ...lists: readonly (readonly Measurement[])[]): Promise<void> {
  const cache = await openCache(path, 'write');
  for (const list of lists) cache.append(list);
  cache.close();
}

/** What a CacheError says, which must say what to do, too. */
export async function problem(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CacheError)) throw new Error('no CacheError', { cause: error });
  expect(error.hints.join().length).toBeGreaterThan(0);
  return error.message.replaceAll(folder, '…').replace(/cache[0-9]+/, 'cache');
}
