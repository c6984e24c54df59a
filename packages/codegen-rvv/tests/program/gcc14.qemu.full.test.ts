import { importOnnx } from '@ait-rvv/ir/onnx';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { debian13, inDebian13 } from '../../../../tools/testing/debian13.js';
import { buildFolder, emitGraph, execute } from '../../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../../tools/testing/tensors.js';

const digits = importOnnx(readFileSync(new URL('../../../../examples/digits/digits.onnx', import.meta.url)), {
  shapes: new Map([['image', [2, 1, 32, 32]]]),
});

describe('GCC 14 of Debian 13', () => {
  test('builds the program without a warning, and it computes the same', async () => {
    const inputs = randomInputs(digits);
    const scalar = emitGraph(digits);
    await buildFolder(scalar, { scalar: true });
    const expected = (await execute(scalar, 'local', inputs)).outputs.get('logits');

    const root = await debian13(['gcc-14-riscv64-linux-gnu', 'libc6-dev-riscv64-cross']);
    const folder = emitGraph(digits);
    const { exitCode, stderr } = await inDebian13(
      root,
      folder,
      'make -j2 exe CC=riscv64-linux-gnu-gcc-14 CFLAGS="-O3 -Werror" LINK_FLAGS=-static',
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const vlen of [128, 512]) {
      const { outputs } = await execute(folder, `qemu:vlen=${vlen},poison=true`, inputs, 2);
      expect(relativeError(outputs.get('logits'), expected)).toBeLessThan(1e-5);
    }
  });
});
