import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import type { Graph } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildDriver, drive } from '../../../tools/testing/driver/driver.js';
import { emitGraph } from '../../../tools/testing/programs.js';

const backend = xnnpackBackend();

/** A small trained network: convolutions, pooling, residuals and a classifier. */
function digits(): Graph {
  const file = readFileSync(new URL('../../../examples/digits/digits.onnx', import.meta.url));
  return importOnnx(file, { shapes: new Map([['image', [2, 1, 32, 32]]]) });
}

describe('the C interface of a model on XNNPACK', () => {
  let folder: string;

  beforeAll(async () => {
    folder = emitGraph(digits(), { backend });
    await buildDriver(folder, ['-DCOUNT_ALLOCATIONS'], { backend });
  });

  const drives = async (check: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await drive(folder, check);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    return stdout.trim();
  };

  test('several instances in one process, one thread each, do not disturb one another', async () => {
    expect(await drives('instances')).toBe('agree');
  });

  test('buffers of any alignment give the same result', async () => {
    expect(await drives('misaligned')).toBe('1111111');
  });

  test('run never allocates', async () => {
    expect(await drives('allocations')).toBe('0');
  });

  test('1,000 runs leave the memory flat', async () => {
    expect(Number(await drives('flat'))).toBeLessThan(256);
  });

  test('wrong arguments get a status with text', async () => {
    expect((await drives('errors')).split('\n').slice(0, 3)).toEqual([
      'a required argument is missing',
      'the weights file cannot be opened, NULL',
      'the weights file is no weights.bin of this program',
    ]);
  });
});

test.each(['create-destroy', 'misaligned', 'instances', 'errors'])(
  'addresses, leaks and undefined behaviour: %s',
  async (check) => {
    const folder = emitGraph(digits(), { backend });
    await buildDriver(folder, ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'], { backend });
    const { stderr, exitCode } = await drive(folder, check);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  },
);

test('a joined network creates and destroys without a leak', async () => {
  const folder = emitGraph(buildZooModel(parseZooReference('zoo:squeezenet1_1@64')), { backend });
  await buildDriver(folder, ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'], { backend });
  const { stderr, exitCode } = await drive(folder, 'create-destroy');
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});
