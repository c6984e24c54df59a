import { openCache, type Measurement } from '@ait-rvv/tuning';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { onSmallDisk, whyNoSmallDisk } from '../../../tools/testing/small-disk.js';
import { encodeModel, filled } from '../../ir/tests/onnx-model.js';
import { commandLine } from './command-line.js';

const scratch = scratchFolder();
const program = fileURLToPath(new URL('../bin/ait-rvv.mjs', import.meta.url));
const budget = ['--budget', '3'];
/** Measurements of another model. */
const first = join(scratch, 'first.db');

/** A convolution of so many output channels: every number is a layer of its own. */
function convolution(channels: number): string {
  const path = join(scratch, `${channels}.onnx`);
  const model = encodeModel({
    inputs: { x: [1, 3, 16, 16] },
    initializers: { w: filled([channels, 3, 3, 3], 0.5) },
    nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'] }],
    outputs: ['y'],
  });
  writeFileSync(path, model);
  return path;
}

async function measured(path: string): Promise<readonly Measurement[]> {
  const cache = await openCache(path, 'read');
  const all = cache.all();
  cache.close();
  return all;
}

const convolutions = (all: readonly Measurement[]): readonly Measurement[] =>
  all.filter(({ layer }) => layer.startsWith('conv2d'));

beforeAll(async () => {
  const outcome = await commandLine(['tune', convolution(12), ...budget, '-o', first]);
  expect(outcome.stderr).toMatch(/: 2 distinct layers, [0-9]+ choices measured now$/m);
});

test('a compiler that refuses one kernel: it is kept as failed, and never used', async () => {
  const [path, refusing, out] = [join(scratch, 'refused.db'), join(scratch, 'cc.sh'), join(scratch, 'out')];
  const { compiler } = await toolchain();
  const plain = join(scratch, 'plain');
  await commandLine(['compile', convolution(8), '--emit', 'c', '-o', plain]);
  // The kernel that is taken without tuning is among the first that tuning tries.
  const [kernel = ''] = /ait_f32_conv_gemm_\w+/.exec(readFileSync(join(plain, 'manifest.json'), 'utf8')) ?? [];
  expect(kernel).not.toBe('');
  const script = `#!/bin/sh\ncase "$*" in *${kernel}.c) echo "error: no registers left" >&2; exit 1;; esac\nexec ${compiler.join(' ')} "$@"\n`;
  writeFileSync(refusing, script);
  chmodSync(refusing, 0o755);
  const { exitCode, stderr } = await commandLine(['tune', convolution(8), ...budget, '--cc', refusing, '-o', path]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toMatch(/: 2 distinct layers, [0-9]+ choices measured now, [0-9]+ of them failed$/m);
  const all = convolutions(await measured(path));
  const failed = all.filter(({ status }) => status === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const { cost, detail } of failed) {
    expect(cost).toBeNull();
    expect(detail).toMatch(/^the C compiler refused it: .*no registers left/);
  }
  expect(all.filter(({ status }) => status === 'ok').length).toBeGreaterThan(0);
  const compiled = await commandLine(['compile', convolution(8), '--emit', 'c', '--tuning', path, '-o', out]);
  expect(compiled.exitCode).toBe(0);
  const manifest = readFileSync(join(out, 'manifest.json'), 'utf8');
  expect(manifest).not.toContain(`${kernel}"`);
});

test('two at once, into one file: each layer is there, and as if one had been alone', async () => {
  const [path, alone, model] = [join(scratch, 'shared.db'), join(scratch, 'alone.db'), convolution(20)];
  copyFileSync(first, path);
  copyFileSync(first, alone);
  expect((await commandLine(['tune', model, ...budget, '-o', alone])).exitCode).toBe(0);
  const tuning = [1, 2].map(
    () =>
      new Promise((resolve) => {
        const argv = [program, 'tune', model, ...budget, '-o', path];
        spawn(process.execPath, argv, { stdio: 'ignore' }).on('close', resolve);
      }),
  );
  expect(await Promise.all(tuning)).toEqual([0, 0]);
  const sorted = (all: readonly Measurement[]): readonly string[] => all.map((one) => JSON.stringify(one)).sort();
  expect(sorted(await measured(path))).toEqual(sorted(await measured(alone)));
});

describe('a disk that is full', () => {
  beforeEach(({ skip }) => {
    const reason = whyNoSmallDisk();
    skip(reason !== undefined, reason);
  });

  const disk = (): string => mkdtempSync(join(scratch, 'disk-'));

  test('where measurements are kept: a clear line, the rest kept; with room again it goes on', async ({ skip }) => {
    const isDatabase = readFileSync(first, 'latin1').startsWith('SQLite');
    skip(!isDatabase, 'no SQLite here: so few lines of text find room in the page that a file has begun');
    const [model, kept, after] = [convolution(16), join(scratch, 'kept.db'), join(scratch, 'after.db')];
    const script = `
      file=$1/tuning.db; cp "$2" "$file"
      cat /dev/zero >"$1/other" 2>/dev/null || true; truncate -s -8K "$1/other"
      "$3" "$4" tune "$5" ${budget.join(' ')} -o "$file" || echo "exit code $?"
      cp "$file" "$6"; rm "$1/other"
      "$3" "$4" tune "$5" ${budget.join(' ')} -o "$file"
      cp "$file" "$7"`;
    const { status, stdout, stderr } = onSmallDisk(disk(), 128, script, [
      ...[first, process.execPath, program, model],
      ...[kept, after],
    ]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/^exit code 2$/m);
    const [problem, hint] = stderr.split('\n');
    expect(problem).toMatch(/^error: cannot write ".*\/tuning\.db": the disk is full$/);
    expect(hint).toMatch(/^hint: what is in it is kept; make room .* it goes on where it stopped$/);
    const before = await measured(first);
    expect((await measured(kept)).slice(0, before.length)).toEqual(before);
    const all = await measured(after);
    expect(all.slice(0, before.length)).toEqual(before);
    expect(convolutions(all).length).toBeGreaterThan(convolutions(before).length);
  });

  // Room for nothing; for what is compiled, not for the program; for one program, not for a copy of it.
  test.each([
    [128, 2, /^error: the disk is full/],
    [700, 6, /^error: the disk is full: nothing more can be compiled$/m],
    [1500, 2, /^error: the disk is full: cannot write ".*\/trial"$/m],
  ])('where programs are built, of %s KiB: a clear line, and no choice is blamed', async (kilobytes, code, message) => {
    const path = join(scratch, `built${kilobytes}.db`);
    copyFileSync(first, path);
    const script = `TMPDIR=$1 "$2" "$3" tune "$4" ${budget.join(' ')} -o "$5"`;
    const args = [process.execPath, program, convolution(16), path];
    const { status, stderr } = onSmallDisk(disk(), kilobytes, script, args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/bug of ait-rvv/);
    expect(status).toBe(code);
    expect((await measured(path)).filter((one) => one.status === 'failed')).toEqual([]);
  });
});
