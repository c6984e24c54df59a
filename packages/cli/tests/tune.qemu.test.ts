import { profileSchema } from '@ait-rvv/tuning';
import { parsePlan } from '@ait-rvv/pruning';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { commandLine, shortened } from './command-line.js';

const scratch = scratchFolder();
const model = join(scratch, 'digits.onnx');
const tuning = join(scratch, 'tuning.db');
const shape = ['--shape', 'image:1,1,32,32'];
const summary = join(scratch, 'profile.json');
const markdown = join(scratch, 'profile.md');

/** Tunes few choices of each layer. */
const tuned = ['tune', model, ...shape, '--prune', '0.5', '--tile-rows', '7,14', '--budget', '3', '-o', tuning];

beforeAll(async () => {
  copyFileSync(new URL('../../../examples/digits/digits.onnx', import.meta.url), model);
  const outcome = await commandLine([...tuned, '--summary', summary, '--markdown', markdown]);
  expect(outcome.stderr).toMatch(/tuning\.db: [0-9]+ distinct layers, [0-9]+ choices measured now\n/);
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stdout).toMatch(/^layer +sparsity +kernel +parameters +cost +estimate costs/);
});

interface TuneReport {
  readonly layers: readonly {
    readonly layer: string;
    readonly sparsity: string;
    readonly kernel: string;
    readonly cost: number;
  }[];
}

describe('tune', () => {
  test('again, it measures nothing and says the same', async () => {
    const [first, second] = [await commandLine([...tuned, '--json']), await commandLine([...tuned, '--json'])];
    expect(first.stderr).toMatch(/, 0 choices measured now/);
    expect(second.stdout).toBe(first.stdout);
    const { layers } = JSON.parse(first.stdout) as TuneReport;
    expect(new Set(layers.map(({ sparsity }) => sparsity.replace(/^.*\//, '')))).toEqual(new Set(['dense', '7', '14']));
    expect(layers.every(({ cost }) => cost > 0)).toBe(true);
  });

  test('the summary is what its schema says, and readable', () => {
    const profile = profileSchema.parse(JSON.parse(readFileSync(summary, 'utf8')));
    expect(profile.device.name).toBe('sim:SpacemiT X60');
    expect([7, 14]).toContain(profile.tileRows);
    expect(profile.total.pruned.map(({ ratio, tileRows }) => [ratio, tileRows])).toEqual([
      [0.5, 7],
      [0.5, 14],
    ]);
    const pruned = profile.parameters.filter((one) => one.pruned.length > 0);
    expect(pruned.length).toBeGreaterThan(0);
    for (const one of pruned) expect(one.dense.cost).toBeGreaterThan(0);
    expect(readFileSync(markdown, 'utf8')).toMatch(
      /^### Profile of `digits` on `sim:SpacemiT X60`\n[\s\S]*\| parameter/,
    );
  });
});

describe('what was measured is used', () => {
  test.each([[], ['--prune', '0.5']])('compile --tuning %s makes a right program', async (...prune) => {
    const folder = join(scratch, `out${prune.length}`);
    const compiled = await commandLine(['compile', model, ...shape, ...prune, '--tuning', tuning, '-o', folder]);
    expect(compiled.stderr).toMatch(/^kernels as measured on sim:SpacemiT X60 \(.*\), 1 thread, /);
    expect(compiled.exitCode).toBe(0);
    expect((await commandLine(['verify', folder])).exitCode).toBe(0);
  });

  test('--no-tuning compiles as if there were no file', async () => {
    const folders = ['plain', 'none'].map((name) => join(scratch, name));
    const compile = (folder: string, ...more: string[]) =>
      commandLine(['compile', model, ...shape, '--emit', 'c', '-o', folder, ...more]);
    await compile(folders[0] ?? '');
    await compile(folders[1] ?? '', '--tuning', tuning, '--no-tuning');
    const [plain, none] = folders.map((folder) => readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(none).toBe(plain);
  });

  // The lower limit needs ratios far beyond those that were tuned, where costs are rather guessed too high.
  test.each([
    [0.9, 0.85],
    [0.75, 0.8],
  ])('prune takes mask tiles from it, and ratios that meet %s of the latency', async (share, used) => {
    const profile = profileSchema.parse(JSON.parse(readFileSync(summary, 'utf8')));
    const limit = Math.round(share * profile.total.dense);
    const [plan, out] = [join(scratch, `plan${share}.json`), join(scratch, `planned${share}`)];
    const target = ['--tuning', tuning, '--target-latency', String(limit)];
    const outcome = await commandLine(['prune', model, ...shape, ...target, '-o', plan]);
    expect(outcome.exitCode).toBe(0);
    const made = parsePlan(readFileSync(plan, 'utf8'), plan);
    const pruned = made.layers.flatMap((layer) => ('reason' in layer ? [] : [layer]));
    expect(new Set(pruned.map(({ tileRows }) => tileRows)).size).toBe(1);

    // What the plan promises is what its program takes, at ratios nobody has measured.
    await commandLine(['compile', model, ...shape, '--plan', plan, '--tuning', tuning, '-o', out]);
    const measured = await commandLine(['bench', out, '--device', 'sim:spacemit-x60', '--json']);
    const { total } = JSON.parse(measured.stdout) as { readonly total: { readonly cycles: number } };
    expect(total.cycles).toBeLessThanOrEqual(limit);
    expect(total.cycles).toBeGreaterThan(used * limit);
  });

  test('a latency nobody can meet', async () => {
    const outcome = await commandLine(['prune', model, ...shape, '--tuning', tuning, '--target-latency', '10']);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toMatch(/^error: AIT4003 .*cycles remain, more than the budget/);
  });
});

test('another model was not tuned', async () => {
  const outcome = await commandLine([
    'prune',
    'zoo:squeezenet1_1@64',
    '--tuning',
    tuning,
    '--target-latency',
    '1000000',
  ]);
  expect(outcome.exitCode).toBe(2);
  expect(shortened(outcome.stderr, scratch)).toMatch(/^error: of layer ".*" the tuning file holds no measurement$/m);
});
