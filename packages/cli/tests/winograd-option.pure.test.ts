import { lower, RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { layersOf, offeredChoices, openCache } from '@ait-rvv/tuning';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { kernelVersion } from '../../tuning/src/layers/layer.js';
import { measurement } from '../../tuning/tests/measurements.js';
import { readMeasurements } from '../src/tuning/measurements.js';
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

test('prune plans by what Winograd kernels take with --winograd, and only then', async () => {
  const path = join(folder, 'costs.jsonl');
  const backend = rvvBackend(RV64GCV, { winograd: true });
  const graph = lower(buildZooModel(parseZooReference(MODEL)), backend);
  const cache = await openCache(path, 'write');
  let [fast, slow] = [0, 0];
  for (const layer of layersOf(graph)) {
    const kinds = new Map(offeredChoices(layer, backend).map(({ candidate }) => [candidate.kernel, candidate]));
    const costs = [...kinds.values()].map((candidate) =>
      measurement({
        ...{ layer: layer.text, kernel: candidate.kernel, parameters: candidate.parameters },
        kernelVersion: kernelVersion(candidate),
        cost: candidate.kernel === 'winograd' ? 1 : 100,
      }),
    );
    cache.append(costs);
    fast += Math.min(...costs.map(({ cost }) => cost ?? 0));
    slow += 100;
  }
  cache.close();
  expect(fast).toBeLessThan(slow / 2);
  // Nothing was measured pruned, so that no ratio helps: the network meets the limit as it is, or not at all.
  const argv = ['prune', MODEL, '--target-latency', String(Math.ceil(1.1 * fast)), '--tuning', path];
  expect((await commandLine([...argv, '--winograd'])).exitCode).toBe(0);
  const without = await commandLine(argv);
  expect(without.stderr).toMatch(/^error: AIT4003 .*cycles remain, more than the budget/);
  expect(without.exitCode).toBe(2);
});
