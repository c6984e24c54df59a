import { openCache } from '@ait-rvv/tuning';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeStores, folder, place, problem, program, read, sql, write } from './caches.js';
import { measurement } from './measurements.js';

test('SQLite is found wherever Node.js brings it along or better-sqlite3 was built', () => {
  const script = "try { require('node:sqlite') } catch { new (require('better-sqlite3'))(':memory:') }";
  const { status } = spawnSync(process.execPath, ['-e', script], { cwd: import.meta.dirname });
  expect(sql !== undefined).toBe(status === 0);
});

describeStores((format) => {
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
      measurement({ sparsity: '1:2/7' }),
      measurement({ kernel: 'another' }),
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
});
