import { localShell, readConditions, runProcess, scriptArgv, withLock } from '@ait-rvv/remote';
import { spawn } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const shell = localShell();
const folder = scratchFolder();

/** Starts supervise.sh with standard input open. */
function supervised(seconds: number, ...argv: readonly string[]) {
  const [command = '', ...args] = scriptArgv('supervise', [folder, `${seconds}`, ...argv]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, output: () => output };
}

function alive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && alive(pid); i++) await sleep(50);
  return !alive(pid);
}

/** A program that starts another one, says both numbers, and goes on for a minute. */
const FAMILY = ['sh', '-c', 'sleep 60 & echo $$ $!; wait'];

describe('a program under supervision', () => {
  test('ends as it likes', async () => {
    const run = supervised(20, 'sh', '-c', 'pwd; exit 7');
    expect(await run.ended).toBe(7);
    expect(run.output()).toBe(`${folder}\n`);
  });

  test('that crashes says how', async () => {
    expect(await supervised(20, 'sh', '-c', 'kill -SEGV $$').ended).toBe(128 + 11);
  });

  test.each(['time-out', 'end of input', 'killed connection'])(
    'is gone with all it has started after a %s',
    async (how) => {
      const run = supervised(how === 'time-out' ? 2 : 60, ...FAMILY);
      for (let i = 0; i < 200 && !run.output().includes('\n'); i++) await sleep(20);
      const pids = run.output().trim().split(' ').map(Number);
      expect(pids.map(alive)).toEqual([true, true]);
      if (how === 'end of input') run.child.stdin.end();
      // What sshd does when it is killed itself: all ends of the pipes are gone.
      if (how === 'killed connection')
        for (const stream of [run.child.stdin, run.child.stdout, run.child.stderr]) stream.destroy();
      expect(await Promise.all(pids.map(gone))).toEqual([true, true]);
      run.child.stdin.destroy();
      await run.ended;
    },
  );

  test('leaves nothing behind when it ends before what it has started', async () => {
    const run = supervised(60, 'sh', '-c', 'sleep 60 & echo $!');
    expect(await run.ended).toBe(0);
    expect(await gone(Number(run.output()))).toBe(true);
  });
});

describe('the lock of a machine', () => {
  const log = (): void => undefined;

  test('is held by one at a time', async () => {
    const file = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(100);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(shell, { waitMs: 60_000, log, file }, work)));
    expect(most).toBe(1);
    // Any user may take it.
    expect(statSync(file).mode & 0o777).toBe(0o666);
  });

  test('says who holds it', async () => {
    const file = join(folder, 'busy');
    const me = (await runProcess(['id', '-un'])).stdout.trim();
    await withLock(shell, { waitMs: 0, log, file }, async () => {
      await expect(withLock(shell, { waitMs: 0, log, file }, () => Promise.resolve())).rejects.toMatchObject({
        code: 'device-busy',
        message: `${me} is measuring on this machine`,
      });
    });
  });

  test('is given up when the machine says nothing', async () => {
    let ended = false;
    const silent = new Promise<never>(() => undefined);
    const open = { firstLine: silent, ended: silent, send: () => undefined, end: () => void (ended = true) };
    const hung = { ...shell, open: () => Promise.resolve(open) };
    const lock = withLock(hung, { waitMs: 60_000, answerMs: 50, log }, () => Promise.resolve());
    await expect(lock).rejects.toMatchObject({
      code: 'timed-out',
      message: 'this machine took too long to lock itself',
    });
    expect(ended).toBe(true);
  });

  test('says nothing that would steer a terminal', async () => {
    const file = join(folder, 'rude');
    await withLock(shell, { waitMs: 0, log, file }, async () => {
      writeFileSync(file, '\u001b[2Jroot\n');
      await expect(withLock(shell, { waitMs: 0, log, file }, () => Promise.resolve())).rejects.toMatchObject({
        message: 'another user is measuring on this machine',
      });
    });
  });

  test('is no link and no pipe that another user has laid there', async () => {
    const own = join(folder, 'own');
    writeFileSync(own, 'precious\n');
    symlinkSync(own, join(folder, 'link'));
    await runProcess(['mkfifo', join(folder, 'pipe')]);
    for (const name of ['link', 'pipe']) {
      const file = join(folder, name);
      await expect(withLock(shell, { waitMs: 0, log, file }, () => Promise.resolve())).rejects.toMatchObject({
        code: 'device-failed',
        hints: [`${file} is no plain file`],
      });
    }
    expect(readFileSync(own, 'utf8')).toBe('precious\n');
  });

  test('goes when its holder is not heard of', async () => {
    const file = join(folder, 'silent');
    const [command = '', ...args] = scriptArgv('lock', [file, '1']);
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    // Its input stays open, as that of a connection whose other end has lost power.
    const start = performance.now();
    await withLock(shell, { waitMs: 30_000, log, file }, () => Promise.resolve());
    expect(performance.now() - start).toBeGreaterThan(500);
    child.stdin.end();
  });

  test('goes when its holder is killed', async () => {
    const file = join(folder, 'killed');
    const [command = '', ...args] = scriptArgv('lock', [file, '60']);
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdin.destroy();
    await withLock(shell, { waitMs: 30_000, log, file }, () => Promise.resolve());
  });
});

test('conditions of this machine', async () => {
  const { cpus, load } = await readConditions(shell);
  expect(cpus.length).toBeGreaterThan(0);
  expect(load).toBeGreaterThanOrEqual(0);
});
