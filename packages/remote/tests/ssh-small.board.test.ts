import { buildOnBoard, checkSshBoard } from '@ait-rvv/remote';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { useBoard } from '../../../tools/testing/use-board.js';

/** A board with little disk and no sftp. */
const shared = useBoard({ sftp: false, disk: '12m' }, 'echo');

function program(bytes: number): string {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'weights.bin'), randomBytes(bytes));
  return folder;
}

describe('a board without sftp', () => {
  test('sends and fetches files over plain channels', async () => {
    const executor = shared.connect();
    const folder = program(3_000_000);
    const workspace = await executor.open(folder);
    const fetched = join(folder, 'fetched');
    await workspace.get('weights.bin', fetched);
    expect(readFileSync(fetched).equals(readFileSync(join(folder, 'weights.bin')))).toBe(true);
    await expect(workspace.get('nothing', fetched)).rejects.toMatchObject({ code: 'device-failed' });
    await workspace.close();
    const { findings } = await checkSshBoard(executor);
    expect(findings.find(({ name }) => name === 'transfer')).toMatchObject({
      state: 'advice',
      text: 'no sftp: files go over plain channels',
    });
    await executor.store.clean(0);
  });

  test('goes on where it stopped when the connection is cut', async () => {
    let cut = false;
    const folder = program(6_000_000);
    const executor = shared.connect({
      progress: (_, sent) => {
        if (!cut && sent > 2_000_000) cut = shared.board.cut() > 0;
      },
    });
    const workspace = await executor.open(folder);
    expect(cut).toBe(true);
    await workspace.get('weights.bin', join(folder, 'fetched'));
    expect(readFileSync(join(folder, 'fetched')).equals(readFileSync(join(folder, 'weights.bin')))).toBe(true);
    await workspace.close();
    await executor.store.clean(0);
  });
});

describe('a full disk', () => {
  beforeEach(({ skip }) => skip(shared.board.plain, 'a plain board has the disk of this machine'));

  const full = (free: string, needed: string) => ({
    code: 'device-failed',
    message: expect.stringMatching(
      new RegExp(`^the disk of board is full: ${free} MB are free in /root/\\.cache/ait-rvv, ${needed} MB are needed$`),
    ) as string,
    hints: ['ait-rvv device clean board, or another folder with ait-rvv device add --folder'],
  });

  test('is said before anything is sent', async () => {
    const sent: number[] = [];
    const executor = shared.connect({ progress: (_, bytes) => void sent.push(bytes) });
    await expect(executor.open(program(24_000_000))).rejects.toMatchObject(full('1[12]\\.\\d', '24\\.0'));
    expect(sent).toEqual([]);
  });

  test('is said when others fill it while we send', async () => {
    const [executor, other] = [shared.connect(), shared.connect()];
    // What is free is known from now on.
    await executor.store.path();
    const workspace = await other.open(shared.folder, { files: [] });
    await workspace.command(['dd', 'if=/dev/zero', 'of=filler', 'bs=1048576', 'count=10']);
    await expect(executor.open(program(6_000_000))).rejects.toMatchObject(full('0\\.\\d', '6\\.0'));
    await workspace.close();
    await executor.store.clean(0);
    await (await executor.open(program(6_000_000))).close();
  });

  test('is said when it is a build that fills it', async () => {
    const folder = scratchFolder();
    const rules = ['exe:', '\tmkdir -p build', '\tdd if=/dev/zero of=build/out bs=1048576 count=20'];
    writeFileSync(join(folder, 'Makefile'), `${rules.join('\n')}\n`);
    const executor = shared.connect();
    const options = { goal: 'exe', march: 'rv64gcv', products: ['build/out'], files: ['Makefile'] } as const;
    await expect(buildOnBoard(executor, folder, options)).rejects.toMatchObject({
      code: 'device-failed',
      message: 'the disk of board is full: it cannot build there',
    });
    await executor.store.clean(0);
  });

  test('is made room on by removing what was used longest ago', async () => {
    const log: string[] = [];
    const executor = shared.connect({ log: (text) => void log.push(text) });
    for (let i = 0; i < 3; i++) await (await executor.open(program(5_000_000))).close();
    expect(log[0]).toMatch(/^board: removed \d+ KB from its cache$/);
    await executor.store.clean(0);
  });
});

describe('a quota', () => {
  test('is kept by removing what was used longest ago', async () => {
    const [log, sent]: [string[], Set<string>] = [[], new Set()];
    const executor = shared.connect({
      quotaMegabytes: 5,
      log: (text) => void log.push(text),
      progress: (path) => void sent.add(path),
    });
    const folders = [1, 2, 3].map(() => program(2_000_000));
    for (const folder of folders) await (await executor.open(folder)).close();
    expect(log).toEqual([expect.stringMatching(/^board: removed \d+ KB from its cache$/)]);
    sent.clear();
    // The last two are still there, the first was removed for the third.
    for (const folder of folders.toReversed()) await (await executor.open(folder)).close();
    expect([...sent]).toEqual([join(folders[0] ?? '', 'weights.bin')]);
    await executor.store.clean(0);
  });

  test('that is too small for one program refuses it before anything is sent', async () => {
    const sent: number[] = [];
    const executor = shared.connect({ quotaMegabytes: 2, progress: (_, bytes) => void sent.push(bytes) });
    await expect(executor.open(program(3_000_000))).rejects.toMatchObject({
      code: 'device-failed',
      message: '3.0 MB are to be sent to board, where 2.0 MB may be taken',
    });
    expect(sent).toEqual([]);
  });
});
