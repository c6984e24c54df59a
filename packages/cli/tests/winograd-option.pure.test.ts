import { RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { openCache } from '@ait-rvv/tuning';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { measurement } from '../../tuning/tests/measurements.js';
import { readMeasurements } from '../src/tuning/tuned-choice.js';
import { commandLine } from './command-line.js';

const folder = scratchFolder();
const MODEL = 'zoo:resnet18@64';

async function kernelsOf(name: string, ...more: readonly string[]): Promise<readonly string[]> {
  const output = join(folder, name);
  const { exitCode } = await commandLine(['compile', MODEL, '-o', output, '--emit', 'c', ...more]);
  expect(exitCode).toBe(0);
  const manifest = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8')) as {
    readonly layers: readonly { readonly kernel: string }[];
  };
  return manifest.layers.map(({ kernel }) => kernel);
}

test('compile takes Winograd kernels with --winograd, and only then', async () => {
  expect(await kernelsOf('off')).not.toContain('winograd');
  expect(await kernelsOf('on', '--winograd')).toContain('winograd');
});

test('inspect --why --winograd says what becomes of each layer', async () => {
  const { exitCode, stdout } = await commandLine(['inspect', MODEL, '--why', '--winograd']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('the kernel is 7x7, not 3x3');
  expect((await commandLine(['inspect', MODEL, '--why'])).stdout).not.toContain('not 3x3');
});

test('another target has no use for it', async () => {
  const argv = ['compile', MODEL, '-o', join(folder, 'x'), '--emit', 'c', '--target', 'xnnpack', '--winograd'];
  const { exitCode, stderr } = await commandLine(argv);
  expect(stderr.split('\n')[0]).toBe('error: --winograd belongs to --target rvv');
  expect(exitCode).toBe(2);
});

test('measurements of Winograd kernels count only with it', async () => {
  const path = join(folder, 'tuning.jsonl');
  const cache = await openCache(path, 'write');
  cache.append(['winograd', 'conv_gemm'].map((kernel) => measurement({ kernel })));
  cache.close();
  const { threads } = measurement().device;
  const counting = async (winograd: boolean) => {
    const backend = rvvBackend(RV64GCV, { winograd });
    const { measurements } = await readMeasurements(path, backend, threads, {});
    return measurements.map(({ kernel }) => kernel).sort();
  };
  expect(await counting(false)).toEqual(['conv_gemm']);
  expect(await counting(true)).toEqual(['conv_gemm', 'winograd']);
});
