import { openCache } from '@ait-rvv/tuning';
import { truncateSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { NO_SQL, place, problem, read, sql, write } from './caches.js';
import { measurement } from './measurements.js';

describe('databases made to look like ours', () => {
  beforeEach(({ skip }) => skip(sql === undefined, NO_SQL));

  /** A database of ours in which these statements were run. */
  async function forged(statements: string): Promise<string> {
    const path = place('db');
    await write(path, [measurement()]);
    const database = sql?.(path, 'write');
    database?.exec(statements);
    database?.close();
    return path;
  }

  const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n AS kernel FROM c';
  test.each([
    ['a view without end', `DROP TABLE measurement; CREATE VIEW measurement AS ${endless}`],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON measurement BEGIN DELETE FROM measurement; END'],
    ['another column', 'ALTER TABLE measurement ADD COLUMN more'],
  ])('%s', async (_, statements) => {
    const path = await forged(statements);
    for (const mode of ['read', 'write'] as const) {
      expect(await problem(openCache(path, mode))).toBe(
        '"…/cache.db" is no tuning file: its tables are those of something else',
      );
    }
  });

  test.each(['9223372036854775807', "CAST(X'ff41' AS TEXT)", "X'00'", '9e999', '-1'])('vlen %s', async (value) => {
    const path = await forged(`UPDATE measurement SET vlen = ${value}`);
    expect(await problem(read(path))).toBe(
      '"…/cache.db" is no tuning file: it holds a measurement that cannot be read',
    );
  });
});

test('a file that is too large', async () => {
  const path = place('jsonl');
  await write(path, [measurement()]);
  truncateSync(path, 2 ** 28 + 1);
  expect(await problem(openCache(path, 'read'))).toBe('"…/cache.jsonl" is no tuning file: it has more than 256 MiB');
});
