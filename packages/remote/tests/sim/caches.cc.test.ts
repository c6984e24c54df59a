import { root } from '@ait-rvv/qemu-plugin';
import { runProcess } from '@ait-rvv/remote';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MEMORY_EVENTS } from '../../src/profile/record.js';
import { toolchain } from '../../../../tools/testing/programs.js';
import { scratchFolder } from '../../../../tools/testing/scratch.js';

const folder = scratchFolder();

beforeAll(async () => {
  const { hostCompiler, env } = await toolchain();
  const sources = ['cache', 'memory', 'paged', 'streams'].map((name) => join(root, `src/${name}.c`));
  const flags = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined'];
  const argv = [...hostCompiler, ...flags, join(root, 'tests/replay.c'), ...sources, '-pthread', '-o', 'replay'];
  const { exitCode, stderr } = await runProcess(argv, { cwd: folder, env: { ...process.env, ...env } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

interface Plan {
  readonly line: number;
  readonly l1: number;
  readonly l1Ways: number;
  readonly l2: number;
  readonly l2Ways: number;
  readonly cores: number;
  readonly streams: number;
  readonly reach: number;
}

/** A first level of 16 lines in 4 sets, a second of 64 lines in 8 sets. */
const SMALL: Plan = { line: 64, l1: 1024, l1Ways: 4, l2: 4096, l2Ways: 8, cores: 1, streams: 2, reach: 2 };

type Access = readonly [kind: 'l' | 's', line: number, core?: number];

/** The events that are not zero, of every core. */
function replay(accesses: readonly Access[], change: Partial<Plan> = {}): Record<string, number>[] {
  const plan = { ...SMALL, ...change };
  const input = accesses.map(([kind, line, core = 0]) => `${core} ${kind} ${line * plan.line}\n`).join('');
  const argv = [plan.line, plan.l1, plan.l1Ways, plan.l2, plan.l2Ways, plan.cores, plan.streams, plan.reach].map(
    String,
  );
  const { status, stdout, stderr } = spawnSync(join(folder, 'replay'), argv, {
    input,
    encoding: 'utf8',
    // The model lives as long as its process.
    env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' },
  });
  if (status !== 0) throw new Error(stderr.trim());
  return stdout
    .trim()
    .split('\n')
    .map((row) =>
      Object.fromEntries(
        row
          .split(' ')
          .map((count, i) => [MEMORY_EVENTS[i] ?? '?', Number(count)] as const)
          .filter(([, count]) => count > 0),
      ),
    );
}

const loads = (...lines: number[]): Access[] => lines.map((line) => ['l', line]);
const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);

describe('streams', () => {
  test('the first line of a stream is alone, the others are not', () => {
    expect(replay(loads(...range(100, 116)))).toEqual([{ loadDramLone: 1, loadDramStream: 15 }]);
    expect(replay(loads(...range(100, 116).reverse()))).toEqual([{ loadDramLone: 1, loadDramStream: 15 }]);
  });

  test('a stride of two lines is a stream, one of three is not', () => {
    expect(replay(loads(...range(100, 132, 2)))).toEqual([{ loadDramLone: 1, loadDramStream: 15 }]);
    expect(replay(loads(...range(100, 148, 3)))).toEqual([{ loadDramLone: 16 }]);
  });

  test('as many streams as there are may take turns, one more and none survives', () => {
    const turns = (streams: number): number[] =>
      range(0, 4).flatMap((i) => range(0, streams).map((stream) => 1000 * (stream + 1) + i));
    expect(replay(loads(...turns(2)))).toEqual([{ loadDramLone: 2, loadDramStream: 6 }]);
    expect(replay(loads(...turns(3)))).toEqual([{ loadDramLone: 12 }]);
  });
});

describe('two levels', () => {
  test('what fits the first level misses once', () => {
    expect(replay(loads(...range(64, 80), ...range(64, 80), ...range(64, 80)))).toEqual([
      { loadDramLone: 1, loadDramStream: 15 },
    ]);
  });

  test('what fits the second level comes from there the second time', () => {
    // 32 lines in order, twice: with least-recently-used replacement none is still in the first level.
    expect(replay(loads(...range(64, 96), ...range(64, 96)))).toEqual([
      { loadDramLone: 1, loadDramStream: 31, loadL2Lone: 1, loadL2Stream: 31 },
    ]);
  });

  test('the line used least recently leaves', () => {
    // Five lines of one set of four ways: 0 is used again before 16 comes, so 4 has to leave.
    expect(replay(loads(400, 404, 408, 412, 400, 416, 400))).toEqual([{ loadDramLone: 5 }]);
    expect(replay(loads(400, 404, 408, 412, 400, 416, 404))).toEqual([{ loadDramLone: 5, loadL2Lone: 1 }]);
  });

  test('dirty lines are written back, to the second level and then to memory', () => {
    const stores = (...lines: number[]): Access[] => lines.map((line) => ['s', line]);
    expect(replay(stores(...range(64, 96)))).toEqual([{ storeDramLone: 1, storeDramStream: 31, writeBackL2: 16 }]);
    expect(replay(stores(...range(64, 192)))).toEqual([
      { storeDramLone: 1, storeDramStream: 127, writeBackL2: 112, writeBackDram: 64 },
    ]);
  });

  test('cores of a cluster share the second level, not the first', () => {
    const first = loads(...range(64, 72));
    const second = range(64, 72).map((line): Access => ['l', line, 1]);
    expect(replay([...first, ...second, ...first], { cores: 2 })).toEqual([
      { loadDramLone: 1, loadDramStream: 7 },
      { loadL2Lone: 1, loadL2Stream: 7 },
    ]);
  });
});

test.each([
  [{ l1: 1000 }, 'l1'],
  [{ l2: 3072 }, 'l2'],
  [{ line: 48 }, 'line'],
  [{ streams: 0 }, 'streams'],
])('a plan that cannot be: %o', (change, wrong) => {
  expect(() => replay([], change)).toThrow(wrong);
});
