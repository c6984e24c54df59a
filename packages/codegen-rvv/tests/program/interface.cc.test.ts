import { optimize } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emitGraph } from '../../../../tools/testing/programs.js';
import { buildDriver, drive } from '../../../../tools/testing/driver/driver.js';

const digits = (): Uint8Array => readFileSync(new URL('../../../../examples/digits/digits.onnx', import.meta.url));

/** A small network with threads, scratch, residuals and a classifier. */
function small(): ReturnType<typeof importOnnx> {
  return optimize(importOnnx(digits(), { shapes: new Map([['image', [2, 1, 32, 32]]]) }));
}

describe('the C interface of a model', () => {
  let folder: string;

  beforeAll(async () => {
    folder = emitGraph(small());
    await buildDriver(folder, ['-DCOUNT_ALLOCATIONS']);
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

  test('two instances share the mapped weights', async () => {
    expect(await drives('shared')).toBe('2 mappings, 0 kB of their own');
  });

  test('wrong arguments get a status with text', async () => {
    expect((await drives('errors')).split('\n')).toEqual([
      'a required argument is missing',
      'the weights file cannot be opened, NULL',
      'the weights file is no weights.bin of this program',
      'a required argument is missing',
      'a required argument is missing',
      '1 1',
      'image f32 4',
    ]);
  });

  test('a changed, cut or foreign weights.bin is refused at load', async () => {
    const original = readFileSync(join(folder, 'weights.bin'));
    const attempt = async (bytes: Uint8Array): Promise<string> => {
      writeFileSync(join(folder, 'damaged.bin'), bytes);
      const { stdout, exitCode } = await drive(folder, 'flat', 'damaged.bin');
      expect(exitCode).toBe(1);
      return stdout.trim();
    };
    const flipped = (at: number): Uint8Array => {
      const bytes = Uint8Array.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    const mismatch = 'create: the weights file is damaged or belongs to another model';
    for (const at of [8, 16, 64, 1000, original.length - 1]) expect(await attempt(flipped(at))).toBe(mismatch);
    expect(await attempt(original.subarray(0, original.length - 64))).toBe(mismatch);
    expect(await attempt(flipped(0))).toBe('create: the weights file is no weights.bin of this program');
    expect(await attempt(new Uint8Array(original.length))).toBe(
      'create: the weights file is no weights.bin of this program',
    );
  });
});

test('peak memory is weights, arena and little else', async () => {
  const folder = emitGraph(buildZooModel(parseZooReference('zoo:resnet18@64')));
  await buildDriver(folder);
  const { stdout } = await drive(folder, 'peak');
  const [peak = Infinity, held = 0] = stdout.split(' ').map(Number);
  expect(held).toBeGreaterThan(40_000);
  expect(peak).toBeLessThanOrEqual(held + 8 * 1024);
});

test('embedded weights need no file', async () => {
  const folder = emitGraph(small(), { embed: true });
  await buildDriver(folder);
  const { stdout, exitCode } = await drive(folder, 'misaligned', '-');
  expect({ stdout: stdout.trim(), exitCode }).toEqual({ stdout: '1111111', exitCode: 0 });
});

describe.each([
  ['threads', ['-fsanitize=thread'], ['instances', 'misaligned']],
  [
    'addresses and undefined behaviour',
    ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    ['instances', 'misaligned', 'create-destroy', 'errors'],
  ],
] as const)('sanitized for %s', (_, flags, checks) => {
  test('every check passes', async () => {
    const folder = emitGraph(small());
    await buildDriver(folder, flags);
    for (const check of checks) {
      const { stderr, exitCode } = await drive(folder, check);
      expect({ check, stderr, exitCode }).toEqual({ check, stderr: '', exitCode: 0 });
    }
  });
});
