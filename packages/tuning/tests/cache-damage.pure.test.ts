import { CacheError, openCache, type Measurement } from '@ait-rvv/tuning';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeStores, folder, NO_SQL, place, problem, read, sql, write } from './caches.js';
import { measurement } from './measurements.js';

describeStores((format) => {
  test('overwritten in the middle', async () => {
    const path = place(format);
    const many = Array.from({ length: 200 }, (_, i) => measurement({ layer: `layer ${i}`.padEnd(200) }));
    await write(path, many);
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 100, bytes.length - 10);
    writeFileSync(path, bytes);
    expect(await problem(openCache(path, 'write').then((cache) => cache.all()))).toMatch(
      /^"….cache\.[a-z]+" is no tuning file: it is (damaged|a database)/,
    );
  });

  test('cut off at any place: an error, or what was written before', async () => {
    const path = place(format);
    await write(path, [measurement()], [measurement({ kernel: 'b' })], [measurement({ kernel: 'c' })]);
    const whole = readFileSync(path);
    for (let part = 1; part < 24; part++) {
      writeFileSync(path, whole);
      truncateSync(path, Math.floor((whole.length * part) / 24));
      const found = await read(path).catch((error: unknown) => error);
      if (found instanceof CacheError) continue;
      expect((found as Measurement[]).map(({ kernel }) => kernel)).toEqual(
        ['gemm', 'b', 'c'].slice(0, (found as []).length),
      );
    }
  });
});

describe('a file of', () => {
  test('a newer format of lines', async () => {
    const path = place('jsonl');
    writeFileSync(path, '{"ait-rvv-tuning":2}\n');
    for (const mode of ['read', 'write'] as const) {
      expect(await problem(openCache(path, mode))).toBe(
        '"…/cache.jsonl" has format 2, this release reads formats up to 1',
      );
    }
    expect(readFileSync(path, 'utf8')).toBe('{"ait-rvv-tuning":2}\n');
  });

  test('a newer format of the database', async ({ skip }) => {
    if (sql === undefined) return skip(NO_SQL);
    const path = place('db');
    await write(path, [measurement()]);
    const database = sql(path, 'write');
    database.exec('PRAGMA user_version = 2');
    database.close();
    for (const mode of ['read', 'write'] as const) {
      expect(await problem(openCache(path, mode))).toBe(
        '"…/cache.db" has format 2, this release reads formats up to 1',
      );
    }
  });

  test('a database of something else', async ({ skip }) => {
    if (sql === undefined) return skip(NO_SQL);
    const path = place('db');
    const database = sql(path, 'write');
    database.exec('CREATE TABLE t (x)');
    database.close();
    expect(await problem(openCache(path, 'write'))).toBe(
      '"…/cache.db" is no tuning file: it is a database of something else',
    );
  });

  test('anything else, and a folder', async () => {
    const path = place('db');
    writeFileSync(path, 'hello');
    expect(await problem(openCache(path, 'write'))).toMatch(/neither a database nor lines of ours/);
    expect(readFileSync(path, 'utf8')).toBe('hello');
    mkdirSync(join(folder, 'sub'));
    expect(await problem(openCache(join(folder, 'sub'), 'write'))).toMatch(/no regular file/);
  });
});

describe('without SQLite', () => {
  const none = (): Promise<undefined> => Promise.resolve(undefined);

  test('lines are written, whatever the name', async () => {
    const path = place('db');
    const cache = await openCache(path, 'write', none);
    cache.append([measurement()]);
    cache.close();
    expect(readFileSync(path, 'utf8')).toMatch(/^\{"ait-rvv-tuning":1\}\n\[/);
    expect(await read(path)).toEqual([measurement()]);
  });

  test('a database is not mistaken for damage', async () => {
    const path = place('db');
    writeFileSync(path, 'SQLite format 3\0 and so on');
    expect(await problem(openCache(path, 'read', none))).toBe(
      '"…/cache.db" is an SQLite database, which this Node.js cannot read',
    );
  });
});

test('a torn line is ended by the next append, and a lock of a dead process is broken', async () => {
  const path = place('jsonl');
  await write(path, [measurement()]);
  appendFileSync(path, '[{"layer":"torn');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(`${path}.lock`, String(dead));
  await write(path, [measurement({ kernel: 'b' })]);
  expect((await read(path)).map(({ kernel }) => kernel)).toEqual(['gemm', 'b']);
  expect(existsSync(`${path}.lock`)).toBe(false);
});
