import { openCache, type Measurement } from '@ait-rvv/tuning';
import type { Environment } from '@ait-rvv/remote';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { whyNoBoard } from '../../../tools/board/board.mjs';
import { boardHome } from '../../../tools/testing/board.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { useBoard } from '../../../tools/testing/use-board.js';
import { encodeModel, filled, type TestModel } from '../../ir/tests/onnx-model.js';
import { commandLine, type Outcome } from './command-line.js';

const scratch = scratchFolder();
const tuning = join(scratch, 'tuning.db');
const shared = useBoard({});
let env: Environment;

/** One convolution of so many output channels: every number is a layer of its own to the cache. */
function convolution(channels: number): TestModel {
  return {
    inputs: { x: [1, 3, 16, 16] },
    initializers: { w: filled([channels, 3, 3, 3], 0.5) },
    nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'] }],
    outputs: ['y'],
  };
}

function tune(device: string, channels: number, ...more: readonly string[]): Promise<Outcome> {
  const model = join(scratch, `${channels}.onnx`);
  writeFileSync(model, encodeModel(convolution(channels)));
  return commandLine(['tune', model, '--device', device, '--host-key', 'accept-new', '-o', tuning, ...more], env);
}

/** Waits for something that tuning does in its own time. */
async function until(what: string, happened: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 300_000;
  while (!(await happened())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(50);
  }
}

async function measured(): Promise<readonly Measurement[]> {
  const cache = await openCache(tuning, 'read');
  const all = cache.all();
  cache.close();
  return all;
}

beforeAll(async () => {
  if (whyNoBoard() !== undefined) return;
  ({ env } = boardHome(shared.board, { knownHosts: '' }));
  const { user, host, port, runner } = shared.board;
  const more = runner.length === 0 ? [] : ['--runner', runner.join(' ')];
  for (const name of ['a', 'b']) await commandLine(['device', 'add', name, `${user}@${host}:${port}`, ...more], env);
});

test('a layer is checked and measured on a board', async () => {
  const { exitCode, stderr } = await tune('a', 8, '--budget', '2');
  expect(stderr).toMatch(/choices measured now/);
  expect(exitCode).toBe(0);
  const all = await measured();
  expect(all.length).toBeGreaterThan(0);
  for (const { status, cost, device } of all) {
    expect(status).toBe('ok');
    expect(cost).toBeGreaterThan(0);
    expect(device.vlen).toBe(256);
  }
});

test('two boards of one kind share the work, and go on with what one has measured', async () => {
  const before = (await measured()).length;
  const { exitCode, stderr } = await tune('a,b', 12, '--budget', '2');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const all = await measured();
  expect(all.length).toBeGreaterThan(before);
  expect(new Set(all.map(({ device }) => JSON.stringify(device))).size).toBe(1);
});

test('a board that cannot be reached: exit code 6, and what was measured is kept', async () => {
  const before = (await measured()).length;
  await shared.board.stopServer();
  const { exitCode, stderr } = await tune('a', 16, '--budget', '2');
  await shared.board.startServer();
  expect(exitCode).toBe(6);
  expect(stderr).toMatch(/^error: nothing listens at 127\.0\.0\.1:[0-9]+$/m);
  expect(await measured()).toHaveLength(before);
});

test('a board that disappears while layers are measured: what was measured is kept, and tuning goes on from there', async () => {
  const [model, before] = [20, (await measured()).length];
  const tuning = tune('a', model, '--budget', '9');
  await until('something was measured', async () => (await measured()).length > before);
  await shared.board.stopServer();
  const { exitCode, stderr } = await tuning;
  await shared.board.startServer();
  expect(stderr).toMatch(/^error: the connection to a was lost, and nothing listens at 127\.0\.0\.1:[0-9]+$/m);
  expect(exitCode).toBe(6);
  const kept = await measured();
  expect(kept.length).toBeGreaterThan(before);
  const { stderr: again } = await tune('a', model, '--budget', '9');
  const now = Number(/, ([0-9]+) choices measured now/.exec(again)?.[1]);
  expect(now).toBeGreaterThan(0);
  expect((await measured()).length).toBe(kept.length + now);
});

test('boards do not go together with other devices', async () => {
  const { exitCode, stderr } = await tune('a,sim:spacemit-x60', 8);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: --device takes several boards, and "sim:spacemit-x60" is none/m);
});
