import { runProcess, type SshExecutor } from '@ait-rvv/remote';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardExecutor, leftovers, testBoard } from '../../../tools/testing/board.js';
import { scratchFolder, toolchain } from '../../../tools/testing/programs.js';

let board: Awaited<ReturnType<typeof testBoard>>;
let executor: SshExecutor;
const folder = scratchFolder();

beforeAll(async () => {
  board = await testBoard();
  executor = boardExecutor(board);
  const { compiler, linkFlags, env } = await toolchain();
  mkdirSync(join(folder, 'build'));
  writeFileSync(
    join(folder, 'x.c'),
    `#include <stdio.h>\nint main(int n, char **v) { for (int i = 1; i < n; i++) puts(v[i]); return 0; }\n`,
  );
  const argv = [...compiler, ...linkFlags, 'x.c', '-o', 'build/x'];
  const result = await runProcess(argv, { cwd: folder, env: { ...process.env, ...env } });
  expect(result.stderr).toBe('');
});
afterAll(async () => {
  await executor.close();
  await board.stop();
});

test('fingerprint', async () => {
  console.log(await executor.fingerprint());
});

test('runs a program', async () => {
  const workspace = await executor.open(folder);
  const result = await workspace.exec(['build/x', 'a b', "c'd", '$HOME']);
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: "a b\nc'd\n$HOME\n", stderr: '', timedOut: false });
  await workspace.close();
  expect(readFileSync(join(folder, 'x.c'), 'utf8')).toContain('puts');
  await executor.close();
  expect(await leftovers(board)).toEqual([]);
});
