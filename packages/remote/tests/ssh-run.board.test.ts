import { buildOnBoard } from '@ait-rvv/remote';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOSTILE_NAMES } from '../../../tools/testing/hostile-names.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { until, useBoard } from '../../../tools/testing/use-board.js';

const shared = useBoard({}, 'echo', 'hang', 'crash', 'flood');

describe('programs', () => {
  test('get their arguments, whatever they are', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/echo'] });
    const names = HOSTILE_NAMES.filter((name) => !name.includes('\n'));
    const { stdout } = await workspace.exec(['build/echo', ...names]);
    expect(stdout.split('\n').slice(0, -1)).toEqual(names);
    await workspace.close();
  });

  test('that crash say how', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/crash'] });
    expect(await workspace.exec(['build/crash'])).toMatchObject({
      exitCode: null,
      signal: 'SIGSEGV',
      stdout: 'before\n',
    });
    await workspace.close();
  });

  test('that print without end are cut off, and end', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/flood'] });
    const { stdout, exitCode } = await workspace.exec(['build/flood']);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThanOrEqual(64 * 1024 * 1024);
    expect(stdout.length).toBeLessThan(66 * 1024 * 1024);
    await workspace.close();
  });

  test('that hang are stopped with all they have started', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/hang'] });
    const result = await workspace.exec(['build/hang'], { timeoutMs: 1500 });
    expect(result).toMatchObject({ timedOut: true, stdout: 'started\n' });
    expect(shared.board.processes().filter((command) => command.includes('build/hang'))).toEqual([]);
    await workspace.close();
  });

  test('that are interrupted are stopped', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/hang'] });
    const abort = new AbortController();
    const onStdout = (): void => abort.abort();
    await expect(workspace.exec(['build/hang'], { signal: abort.signal, onStdout })).rejects.toMatchObject({
      code: 'interrupted',
    });
    await workspace.close();
  });

  test('that were running when the connection was cut are stopped by the board', async () => {
    const workspace = await shared.connect().open(shared.folder, { files: ['build/hang'] });
    const onStdout = (): void => void shared.board.cut();
    await expect(workspace.exec(['build/hang'], { onStdout })).rejects.toMatchObject({
      code: 'connection-lost',
      message: 'the connection to board was lost while build/hang was running',
    });
    await until(
      'the program to be gone',
      () => !shared.board.processes().some((command) => command.includes('build/hang')),
    );
    // The folder is there again as soon as something is to be done in it.
    expect(readdirSync(shared.cache('work'))).toHaveLength(1);
    await workspace.close();
    expect(readdirSync(shared.cache('work'))).toHaveLength(0);
  });
});

test('a connection that has gone silent is given up, and its program ends once the board can know', async () => {
  const executor = shared.connect({ keepAliveMs: 300 });
  const workspace = await executor.open(shared.folder, { files: ['build/hang'] });
  let thaw: (() => void) | undefined;
  const onStdout = (): void => void (thaw ??= shared.board.freeze());
  await expect(workspace.exec(['build/hang'], { onStdout })).rejects.toMatchObject({
    code: 'connection-lost',
    message: 'the connection to board was lost while build/hang was running',
  });
  expect(shared.board.processes().some((command) => command.includes('build/hang'))).toBe(true);
  thaw?.();
  await until(
    'the program to be gone',
    () => !shared.board.processes().some((command) => command.includes('build/hang')),
  );
  await workspace.close();
});

test('where there is no cross compiler here, the board compiles the probe', async ({ skip }) => {
  skip(shared.board.plain, 'a plain board compiles for this machine');
  const { vlen, cycles } = await shared.connect({ withoutToolchain: true }).fingerprint();
  expect({ vlen, cycles }).toEqual({ vlen: 256, cycles: 'Function not implemented' });
});

describe('a build on the board', () => {
  /** A project whose compiler says when it starts and takes its time. */
  function project(seconds: number): string {
    const place = scratchFolder();
    const rules = [
      'exe: build/out',
      'build/out:',
      '\tmkdir -p build',
      '\ttouch started',
      `\tsleep ${seconds}`,
      '\techo "$(CC) $(ARCH_FLAGS)" >$@',
    ];
    writeFileSync(join(place, 'Makefile'), `${rules.join('\n')}\n`);
    return place;
  }
  const options = {
    goal: 'exe',
    march: 'rv64gcv',
    products: ['build/out'],
    files: ['Makefile'],
    compiler: 'a "compiler"',
  } as const;
  const started = (): boolean => {
    const work = shared.cache('work');
    return readdirSync(work).some((id) => existsSync(join(work, id, 'started')));
  };

  test('starts again when the connection is cut', async () => {
    const place = project(3);
    const done = buildOnBoard(shared.connect(), place, options);
    await until('the build to start', started);
    expect(shared.board.cut()).toBeGreaterThan(0);
    await done;
    expect(readFileSync(join(place, 'build/out'), 'utf8')).toBe('a compiler -march=rv64gcv\n');
  });

  test('is not led astray by files from the future: a clock may have jumped back', async () => {
    const place = project(0);
    const executor = shared.connect();
    await (await executor.open(place, { files: ['Makefile'] })).close();
    for (const hash of readdirSync(shared.cache('objects')))
      utimesSync(join(shared.cache('objects'), hash), 4_000_000_000, 4_000_000_000);
    await buildOnBoard(executor, place, options);
    expect(existsSync(join(place, 'build/out'))).toBe(true);
    await executor.store.clean(1);
  });

  test('that finds no library there says how to get it', async () => {
    const place = scratchFolder();
    const complaint = "net.c:1:10: fatal error: 'xnnpack.h' file not found";
    writeFileSync(join(place, 'Makefile'), `exe:\n\t@echo "${complaint}" >&2; exit 1\n`);
    const library = { name: 'XNNPACK', header: 'xnnpack.h', advice: 'apt-get install libxnnpack-dev' };
    const build = buildOnBoard(shared.connect(), place, { ...options, library });
    await expect(build).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'board has no XNNPACK to link with',
      hints: ['on the board: apt-get install libxnnpack-dev'],
    });
  });

  test('that takes too long is stopped', async () => {
    await expect(buildOnBoard(shared.connect(), project(60), { ...options, timeoutMs: 2000 })).rejects.toMatchObject({
      code: 'timed-out',
      message: 'board was still building after 2 s and was stopped',
    });
  });
});

test('a board that stays away is given up after a while', async () => {
  const executor = shared.connect({ reconnectMs: 1000 });
  const workspace = await executor.open(shared.folder, { files: ['build/hang'] });
  let stopped: Promise<void> | undefined;
  const onStdout = (): void => void (stopped ??= shared.board.stopServer());
  await expect(workspace.exec(['build/hang'], { onStdout })).rejects.toMatchObject({ code: 'connection-lost' });
  await stopped;
  await expect(workspace.exec(['build/hang'])).rejects.toMatchObject({
    code: 'unreachable',
    message: `the connection to board was lost, and nothing listens at 127.0.0.1:${shared.board.port}`,
  });
  await executor.close();
  await shared.board.startServer();
});
