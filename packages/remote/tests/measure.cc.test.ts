import { createExecutor, measureProgram, runProcess, type Executor, type Workspace } from '@ait-rvv/remote';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFolder, emitGraph, toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';

let executor: Executor;
let workspace: Workspace;
let folder: string;

beforeAll(async () => {
  folder = emitGraph(buildZooModel(parseZooReference('zoo:squeezenet1_1@32')));
  await buildFolder(folder, { scalar: true });
  executor = await createExecutor({ kind: 'local' }, { env: process.env, cacheDir: scratchFolder(), toolchain });
  workspace = await executor.open(folder);
});
afterAll(() => executor.close());

test('a program on this machine is measured as one on a board', async () => {
  if (executor.machine === undefined) throw new Error('this machine is one');
  const { samples, nanoseconds, cpus, warnings, report } = await measureProgram(executor.machine, workspace, {
    program: 'build/net',
    threads: 1,
    warmup: 1,
    iterations: 6,
    timeoutMs: 60_000,
    log: () => undefined,
  });
  expect(samples).toHaveLength(6);
  expect(nanoseconds.min).toBeGreaterThan(1000);
  expect(nanoseconds.median).toBeGreaterThanOrEqual(nanoseconds.min);
  expect(cpus).toHaveLength(1);
  expect(report).toMatchObject({ schemaVersion: 1, threads: 1, iterations: 6, warmup: 1 });
  // Either the cycles of every sample were counted, or it is said why not.
  const counted = samples.every(({ cycles }) => cycles !== undefined);
  expect(warnings.some((warning) => warning.startsWith('cycles cannot be counted'))).toBe(!counted);
});

test('a program is bound to the cores it is told, or refuses', async () => {
  const run = (cpus: string) => runProcess([`${folder}/build/net`, '--cpus', cpus]);
  expect((await run('0')).exitCode).toBe(0);
  for (const cpus of ['', 'x', '0,', '-1', '1-2', '99999']) {
    const { exitCode, stderr } = await run(cpus);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `error: --cpus takes numbers of cores separated by commas, not ${cpus}\n`,
    });
  }
  expect(await run('1000')).toMatchObject({
    exitCode: 2,
    stderr: 'error: cannot run on cores 1000: Invalid argument\n',
  });
});

test('what the fingerprint of this machine says is stored', async () => {
  const first = await executor.machine?.fingerprint();
  expect(first).toMatchObject({ identity: 'local', system: 'Linux' });
  expect(first?.cores).toBeGreaterThan(0);
  expect(await executor.machine?.fingerprint()).toEqual(first);
});
