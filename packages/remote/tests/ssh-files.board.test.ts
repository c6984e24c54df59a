import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOSTILE_NAMES } from '../../../tools/testing/hostile-names.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { until, useBoard } from '../../../tools/testing/use-board.js';

const shared = useBoard({}, 'echo');

describe('files', () => {
  const weights = randomBytes(24_000_000);

  function program(): string {
    const place = scratchFolder();
    writeFileSync(join(place, 'weights.bin'), weights);
    writeFileSync(join(place, 'small.txt'), 'small');
    return place;
  }

  test('are sent once, whoever sends them, and removed when the cache is cleaned', async () => {
    const first = shared.connect();
    await (await first.open(program())).close();
    const sent: string[] = [];
    const again = shared.connect({ progress: (path) => void sent.push(path) });
    const workspace = await again.open(program());
    expect(sent).toEqual([]);
    await workspace.get('weights.bin', join(shared.folder, 'fetched'));
    expect(readFileSync(join(shared.folder, 'fetched')).equals(weights)).toBe(true);
    await workspace.close();
    const { kept } = await again.store.clean(1000);
    expect(kept).toBeLessThan(1500);
    expect(readdirSync(shared.cache('objects'))).not.toHaveLength(0);
    await again.store.clean(0);
    expect(existsSync(shared.cache('objects'))).toBe(false);
  });

  test.each([
    ['at once', 0],
    ['in the middle', 12_000_000],
  ])('arrive whole when the connection is cut %s', async (_, at) => {
    const log: string[] = [];
    let cut = false;
    let most = 0;
    const executor = shared.connect({
      log: (text) => void log.push(text),
      progress: (path, sent) => {
        if (!path.endsWith('weights.bin')) return;
        most = Math.max(most, sent);
        if (!cut && sent > at) cut = shared.board.cut() > 0;
      },
    });
    const workspace = await executor.open(program());
    expect(log).toEqual(['the connection to board was lost; connecting again']);
    expect(most).toBe(weights.length);
    await workspace.get('weights.bin', join(shared.folder, 'fetched'));
    expect(readFileSync(join(shared.folder, 'fetched')).equals(weights)).toBe(true);
    await workspace.close();
    await executor.store.clean(0);
  });

  test('go on where they stopped when the sender was killed', async () => {
    const first = shared.connect({
      reconnectMs: 0,
      progress: (path, sent) => sent > 12_000_000 && path.endsWith('.bin') && void first.session.close(),
    });
    await expect(first.open(program())).rejects.toThrow('the connection to board');
    const parts = shared.cache('parts');
    await until('the part to be written', () => shared.board.processes().length === 0);
    const [part = ''] = readdirSync(parts);
    const there = readFileSync(join(parts, part)).length;
    expect(there).toBeGreaterThan(1_000_000);
    const counted: number[] = [];
    const second = shared.connect({ progress: (path, sent) => path.endsWith('.bin') && void counted.push(sent) });
    await (await second.open(program())).close();
    // Blocks of 64 KiB, the last of them perhaps again.
    expect(counted[0]).toBeGreaterThan(there - 65_536);
    await second.store.clean(0);
  });

  test('that a power cut has made hollow are sent again', async () => {
    const first = shared.connect();
    await (await first.open(program())).close();
    const fresh = shared.cache('fresh');
    for (const hash of readdirSync(fresh)) {
      const object = join(shared.cache('objects'), hash);
      if (readFileSync(object).length !== weights.length) continue;
      chmodSync(object, 0o600);
      writeFileSync(object, Buffer.alloc(weights.length));
      // As if the board had been started since.
      writeFileSync(join(fresh, hash), 'an earlier start\n');
    }
    const second = shared.connect();
    const workspace = await second.open(program());
    await workspace.get('weights.bin', join(shared.folder, 'fetched'));
    expect(readFileSync(join(shared.folder, 'fetched')).equals(weights)).toBe(true);
    await workspace.close();
    await second.store.clean(0);
  });

  test('live in a folder of any name, and no shell ever runs a part of it', async () => {
    const inside = HOSTILE_NAMES.filter((one) => !one.includes('\n')).join('/');
    for (const place of [inside, '~root', '-', '-rf', '$(touch pwned)']) {
      const executor = shared.connect({ folder: place });
      const workspace = await executor.open(shared.folder, { files: ['build/echo'] });
      expect((await workspace.exec(['build/echo', place])).stdout).toBe(`${place}\n`);
      await workspace.close();
      expect(readdirSync(join(shared.board.home, place, 'objects'))).toHaveLength(1);
      await executor.close();
    }
    const everything = readdirSync(shared.board.home, { recursive: true }).map(String);
    expect(everything.filter((path) => /(^|\/)pwned$/.test(path))).toEqual([]);
  });

  test('of any name are put into a workspace and fetched', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: [] });
    await workspace.putAll(new Map(HOSTILE_NAMES.map((name) => [name, join(shared.folder, 'build/echo')])));
    for (const name of HOSTILE_NAMES) {
      await workspace.get(name, join(shared.folder, 'fetched'));
      expect(readFileSync(join(shared.folder, 'fetched')).equals(readFileSync(join(shared.folder, 'build/echo')))).toBe(
        true,
      );
    }
    await expect(workspace.put(join(shared.folder, 'build/echo'), '../out')).rejects.toThrow(
      'is no name inside of a folder',
    );
    await workspace.close();
  });
});
