import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CacheError, damaged, shown, unwritable, type MeasurementCache } from './cache.js';
import { LinesCache } from './lines-cache.js';
import { findSql, type OpenSql } from './sql-driver.js';
import { SqliteCache } from './sqlite-cache.js';

/** How every SQLite database begins. */
const SQLITE_START = 'SQLite format 3\u0000';
/** The end of a file name that asks for lines of text. */
const LINES_SUFFIX = '.jsonl';
const ANY_WRITE = 0o222;
/** Hundreds of thousands of measurements; what is larger would not fit into memory. */
const MOST_BYTES = 2 ** 28;

/**
 * Opens a file of measurements, which with mode `write` need not be there yet: an SQLite database, or lines of text where
 * there is no SQLite or the name ends in `.jsonl`. Throws CacheError.
 */
export async function openCache(
  path: string,
  mode: 'read' | 'write',
  sql: () => Promise<OpenSql | undefined> = findSql,
): Promise<MeasurementCache> {
  const start = firstBytes(path);
  if (start === undefined && mode === 'read') throw new CacheError(`there is no tuning file ${shown(path)}`);
  if (mode === 'write') requireWritable(path, start !== undefined);
  if (start === SQLITE_START) return SqliteCache.open(path, mode, requireSql(path, await sql()));
  if (start !== undefined && start !== '') {
    if (LinesCache.recognises(start)) return LinesCache.open(path, mode);
    throw damaged(path, 'it is neither a database nor lines of ours');
  }
  if (mode === 'read') throw damaged(path, 'it is empty');
  const open = path.endsWith(LINES_SUFFIX) ? undefined : await sql();
  return open === undefined ? LinesCache.open(path, mode) : SqliteCache.open(path, mode, open);
}

/** What the file begins with; undefined when there is none. */
function firstBytes(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const stat = statSync(path);
  if (!stat.isFile()) throw damaged(path, 'it is no regular file');
  if (stat.size > MOST_BYTES) throw damaged(path, `it has more than ${MOST_BYTES / 2 ** 20} MiB`);
  try {
    const file = openSync(path, 'r');
    const bytes = Buffer.alloc(SQLITE_START.length);
    const count = readSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
    return bytes.subarray(0, count).toString('latin1');
  } catch {
    throw new CacheError(`${shown(path)} cannot be read`);
  }
}

function requireWritable(path: string, exists: boolean): void {
  if (!existsSync(dirname(resolve(path)))) throw unwritable(path, 'the folder does not exist');
  if (!exists) return;
  try {
    accessSync(path, constants.W_OK);
    // The superuser may write what says that nobody may; a file is made read-only to be kept as it is.
    if ((statSync(path).mode & ANY_WRITE) !== 0) return;
  } catch {
    // Said below.
  }
  throw unwritable(path, 'it is read-only');
}

function requireSql(path: string, open: OpenSql | undefined): OpenSql {
  if (open !== undefined) return open;
  throw new CacheError(`${shown(path)} is an SQLite database, which this Node.js cannot read`, [
    'use Node.js 22.13 or newer, or install better-sqlite3; or tune into a file that ends in .jsonl',
  ]);
}
