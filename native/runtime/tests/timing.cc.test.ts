import { runProcess } from '@ait-rvv/remote';
import { root } from '@ait-rvv/runtime';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const program = join(scratchFolder(), 'timing_check');

beforeAll(async () => {
  const { hostCompiler, env } = await toolchain();
  const sources = ['timing.c', 'cycles.c', 'profile.c', 'status.c'].map((name) => join(root, 'src', name));
  const check = fileURLToPath(new URL('timing_check.c', import.meta.url));
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', `-I${join(root, 'include')}`];
  const wrap = ['clock_gettime', 'syscall'].map((name) => `-Wl,--wrap=${name}`);
  const argv = [...hostCompiler, ...flags, ...wrap, '-o', program, check, ...sources];
  expect(await runProcess(argv, { env: { ...process.env, ...env } })).toMatchObject({ exitCode: 0, stderr: '' });
});

const sample = (index: number): string => `{"sample":${index},"nanoseconds":1000,"cycles":250}\n`;
const THREE = `{"counter":"perf_event"}\n${sample(0)}${sample(1)}${sample(2)}`;

test('every timed run is told with its time and its cycles', async () => {
  expect(await runProcess([program, 'steady'])).toMatchObject({ exitCode: 0, stdout: `${THREE}runs 5, median 1000\n` });
});

test('a run during which the clock jumps back is timed again', async () => {
  expect(await runProcess([program, 'once'])).toMatchObject({ exitCode: 0, stdout: `${THREE}runs 6, median 1000\n` });
});

test('a clock that runs backwards is refused; cycles that cannot be counted are said to be so', async () => {
  expect(await runProcess([program, 'always'])).toMatchObject({
    exitCode: 1,
    stdout: '{"counter":"Permission denied"}\nruns 12, median 0\n',
    stderr: 'error: the clock of this machine runs backwards\n',
  });
});
