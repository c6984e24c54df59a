import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { measurement } from '../../tuning/tests/measurements.js';
import { progressText } from '../src/tuning/progress.js';
import { commandLine, shortened } from './command-line.js';

const folder = scratchFolder();
const MODEL = 'zoo:squeezenet1_1@64';

async function failing(...argv: string[]): Promise<{ readonly exitCode: number; readonly first: string }> {
  const { exitCode, stderr, stdout } = await commandLine(argv);
  expect(stdout).toBe('');
  return { exitCode, first: shortened(stderr, folder).split('\n')[0] ?? '' };
}

function file(name: string, contents: string): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

describe('tune refuses', () => {
  test.each([
    [['--budget', '0'], 'error: --budget takes choices of each layer or a time, not "0"'],
    [['--budget', '5x'], 'error: --budget takes choices of each layer or a time, not "5x"'],
    [['--prune', '1'], 'error: --prune takes a share of columns to drop, 0 or more and below 1, not "1"'],
    [['--tile-rows', '7,0'], 'error: --tile-rows takes heights of mask tiles, not "7,0"'],
    [['--device', 'a,a'], 'error: --device names a board twice'],
    [['--device', 'nowhere'], 'error: there is no device "nowhere"'],
  ])('%s', async (more, message) => {
    const path = join(folder, 'new.db');
    const { exitCode, first } = await failing('tune', MODEL, '-o', path, ...more);
    expect(first).toBe(message);
    expect(exitCode).toBe(message.includes('nowhere') ? 6 : 2);
  });

  test('an emulator without a model of time', async () => {
    const { exitCode, first } = await failing('tune', MODEL, '-o', join(folder, 'q.db'), '--device', 'qemu');
    expect(first).toBe('error: an emulator without a core model says nothing about time');
    expect(exitCode).toBe(6);
  });
});

test('progress says how much is done, how long it has taken, and how much longer it will', () => {
  const progress = { layersDone: 12, layers: 48, measured: 230, failed: 1, elapsedMs: 100_000, leftMs: 190_400 };
  expect(progressText(progress)).toBe('12/48 layers, 230 choices measured (1 failed), 1:40 gone, about 3:10 left');
  expect(progressText({ ...progress, layersDone: 0, failed: 0, leftMs: undefined })).toBe(
    '0/48 layers, 230 choices measured, 1:40 gone',
  );
});

describe('files of measurements', () => {
  test('damaged, too new, read-only: a line, exit code 2, and the file as it was', async () => {
    const damaged = file('damaged.db', 'x'.repeat(100));
    expect(await failing('tune', MODEL, '-o', damaged)).toEqual({
      exitCode: 2,
      first: 'error: "…/damaged.db" is no tuning file: it is neither a database nor lines of ours',
    });
    const newer = file('newer.jsonl', '{"ait-rvv-tuning":7}\n');
    expect((await failing('tune', MODEL, '-o', newer)).first).toBe(
      'error: "…/newer.jsonl" has format 7, this release reads formats up to 1',
    );
    const fixed = file('fixed.jsonl', '{"ait-rvv-tuning":1}\n');
    chmodSync(fixed, 0o444);
    expect((await failing('tune', MODEL, '-o', fixed)).first).toBe(
      'error: cannot write "…/fixed.jsonl": it is read-only',
    );
    expect(readFileSync(damaged, 'utf8')).toBe('x'.repeat(100));
    expect(readFileSync(fixed, 'utf8')).toBe('{"ait-rvv-tuning":1}\n');
  });

  test('a latency is not promised by an earlier model of a core', async () => {
    const device = { name: 'sim:SpacemiT X60', version: '0-0', vlen: 256, threads: 1, clock: 'modelled' };
    const known = { ...measurement({ device }), compiler: 'clang -march=rv64gcv' };
    const path = file('old.jsonl', `{"ait-rvv-tuning":1}\n${JSON.stringify([known])}\n`);
    const { exitCode, first } = await failing('prune', MODEL, '--target-latency', '5', '--tuning', path);
    expect(first).toMatch(
      /^error: the tuning file holds cycles of sim:SpacemiT X60 by model 0-0, this release has model [0-9]+-[0-9a-f]{12}$/,
    );
    expect(exitCode).toBe(2);
  });

  test('compile and prune name a missing or empty one', async () => {
    const output = join(folder, 'out');
    const missing = await failing(
      'compile',
      MODEL,
      '--emit',
      'c',
      '-o',
      output,
      '--tuning',
      join(folder, 'nothing.db'),
    );
    expect(missing).toEqual({ exitCode: 2, first: 'error: there is no tuning file "…/nothing.db"' });
    const empty = file('empty.jsonl', '{"ait-rvv-tuning":1}\n');
    expect((await failing('compile', MODEL, '--emit', 'c', '-o', output, '--tuning', empty)).first).toBe(
      'error: the tuning file holds no measurements for -march=rv64gcv',
    );
    expect(existsSync(output)).toBe(false);
    expect((await failing('prune', MODEL, '--target-latency', '5')).first).toBe(
      'error: --target-latency needs --tuning, the measurements it goes by',
    );
    expect((await failing('prune', MODEL, '--target-latency', '5', '--ratio', '0.5', '--tuning', empty)).exitCode).toBe(
      2,
    );
  });
});
