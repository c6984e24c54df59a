import { CacheError, openCache, type Measurement } from '@ait-rvv/tuning';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  statSync,
  existsSync,
  appendFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/programs.js';
import { findSql } from '../src/cache/sql-driver.js';
import { measurement } from './measurements.js';

const folder = scratchFolder();
const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url));
const FORMATS = ['db', 'jsonl'] as const;

let count = 0;
function place(format: string): string {
  return join(folder, `cache${count++}.${format}`);
}

async function read(path: string): Promise<readonly Measurement[]> {
  const cache = await openCache(path, 'read');
  const all = cache.all();
  cache.close();
  return all;
}

async function write(path: string, ...lists: readonly (readonly Measurement[])[]): Promise<void> {
  const cache = await openCache(path, 'write');
  for (const list of lists) cache.append(list);
  cache.close();
}

async function problem(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CacheError)) throw new Error('no CacheError', { cause: error });
  expect(error.hints.join().length).toBeGreaterThan(0);
  return error.message.replaceAll(folder, '…').replace(/cache[0-9]+/, 'cache');
}

test('SQLite is there in one way or the other', async () => {
  expect(await findSql()).toBeDefined();
});

describe.each(FORMATS)('a .%s file', (format) => {
  test('gives back what was written, the first of equal keys', async () => {
    const path = place(format);
    const failed = measurement({ kernel: 'conv_gemm', status: 'failed', cost: null, detail: 'its result is off' });
    await write(
      path,
      [measurement(), failed],
      [measurement({ cost: 2 }), measurement({ sparsity: '32:64/14', cost: 3 })],
    );
    expect(await read(path)).toEqual([measurement(), failed, measurement({ sparsity: '32:64/14', cost: 3 })]);
  });

  test('a key is all of it', async () => {
    const path = place(format);
    const { device } = measurement();
    const others = [
      measurement(),
      measurement({ layer: 'another' }),
      measurement({ dtype: 'f16' }),
      measurement({ parameters: { t: 7, l: 2 } }),
      measurement({ kernelVersion: 'another' }),
      measurement({ compiler: 'another' }),
      ...[{ name: 'b' }, { version: '2' }, { vlen: 128 }, { threads: 4 }, { clock: '1600000' }].map((change) =>
        measurement({ device: { ...device, ...change } }),
      ),
    ];
    await write(path, others);
    expect(await read(path)).toHaveLength(others.length);
  });

  test('the order of parameters says nothing', async () => {
    const path = place(format);
    await write(path, [measurement({ parameters: { l: 4, t: 7 } }), measurement({ parameters: { t: 7, l: 4 } })]);
    expect(await read(path)).toHaveLength(1);
  });

  test('a missing one can be written, not read', async () => {
    const path = place(format);
    await expect(openCache(path, 'read')).rejects.toThrow(/^there is no tuning file/);
    await write(path, []);
    expect(await read(path)).toEqual([]);
  });

  test('a missing folder', async () => {
    expect(await problem(openCache(join(folder, 'nowhere', `x.${format}`), 'write'))).toMatch(
      /^cannot write "….nowhere.x\.[a-z]+": the folder does not exist/,
    );
  });

  test('read-only: refused for writing at once, good for reading', async () => {
    const path = place(format);
    await write(path, [measurement()]);
    chmodSync(path, 0o444);
    expect(await problem(openCache(path, 'write'))).toBe(`cannot write "…/cache.${format}": it is read-only`);
    expect(await read(path)).toEqual([measurement()]);
  });

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

  test('two processes at once lose nothing', async () => {
    const path = place(format);
    const writers = ['a', 'b', 'c'].map(
      (name) =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, [program('append.mjs'), path, name, '40'], {
            stdio: ['ignore', 'ignore', 'inherit'],
          }).on('close', resolve);
        }),
    );
    expect(await Promise.all(writers)).toEqual([0, 0, 0]);
    const kernels = (await read(path)).map(({ kernel }) => kernel).sort();
    expect(kernels).toEqual(
      ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 40 }, (_, i) => `${name}${String(i).padStart(3, '0')}`)),
    );
  });

  test('a full disk: a clear line, and what was there is kept', async () => {
    const path = place(format);
    await write(path, [measurement()]);
    // A limit of this process's file size stands for a disk: what goes beyond it fails with EFBIG, as a full one with ENOSPC.
    const kilobytes = Math.ceil(statSync(path).size / 1024) + 8;
    const script = `ulimit -f ${kilobytes}; trap '' XFSZ; exec "$0" "$@"`;
    const run = spawnSync('bash', ['-c', script, process.execPath, program('append.mjs'), path, 'x', '2000'], {
      encoding: 'utf8',
    });
    expect(run.stdout).toMatch(/^CacheError: cannot write .*: the disk is full/m);
    const kept = await read(path);
    expect(kept[0]).toEqual(measurement());
    const written = Number(/wrote ([0-9]+)/.exec(run.stdout)?.[1]);
    expect(kept).toHaveLength(written + 1);
    await write(path, [measurement({ kernel: 'later' })]);
    expect(await read(path)).toHaveLength(written + 2);
  });
});

test('newer formats', async () => {
  const lines = place('jsonl');
  writeFileSync(lines, '{"ait-rvv-tuning":2}\n');
  expect(await problem(openCache(lines, 'read'))).toBe(
    '"…/cache.jsonl" has format 2, this release reads formats up to 1',
  );
  const path = place('db');
  await write(path, [measurement()]);
  const sql = await findSql();
  const database = sql?.(path, 'write');
  database?.exec('PRAGMA user_version = 2');
  database?.close();
  expect(await problem(openCache(path, 'write'))).toBe('"…/cache.db" has format 2, this release reads formats up to 1');
});

test('databases of something else, other files, folders', async () => {
  const other = place('db');
  const database = (await findSql())?.(other, 'write');
  database?.exec('CREATE TABLE t (x)');
  database?.close();
  expect(await problem(openCache(other, 'write'))).toBe(
    '"…/cache.db" is no tuning file: it is a database of something else',
  );
  const text = place('db');
  writeFileSync(text, 'hello');
  expect(await problem(openCache(text, 'write'))).toMatch(/neither a database nor lines of ours/);
  expect(readFileSync(text, 'utf8')).toBe('hello');
  mkdirSync(join(folder, 'sub'));
  expect(await problem(openCache(join(folder, 'sub'), 'write'))).toMatch(/no regular file/);
});

test('without SQLite lines are written, and a database is not mistaken for damage', async () => {
  const none = (): Promise<undefined> => Promise.resolve(undefined);
  const path = place('db');
  const cache = await openCache(path, 'write', none);
  cache.append([measurement()]);
  cache.close();
  expect(readFileSync(path, 'utf8')).toMatch(/^\{"ait-rvv-tuning":1\}\n\[/);
  expect(await read(path)).toEqual([measurement()]);
  const database = place('db');
  await write(database, [measurement()]);
  expect(await problem(openCache(database, 'read', none))).toMatch(
    /is an SQLite database, which this Node.js cannot read/,
  );
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
