import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { interpret } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { writeNpz } from '@ait-rvv/ir/weights';
import { defaultCacheDir, firstPackageRoot, runProcess } from '@ait-rvv/remote';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emitGraph, readTensors, toolchain } from '../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

/** A board's userland: its own C library, compiler support and XNNPACK, where the compiler looks by itself. */
function board(): Promise<string> {
  return firstPackageRoot(['trixie', 'forky'], {
    architecture: 'riscv64',
    packages: ['libxnnpack-dev', 'libpthreadpool-dev', 'libc6-dev', 'libgcc-14-dev'],
    cacheDir: defaultCacheDir(process.env),
    env: process.env,
    log: (text) => void process.stderr.write(`${text}\n`),
  });
}

test("the Makefile builds against a board's own package, and the program runs on the board's libraries", async () => {
  const digits = importOnnx(readFileSync(new URL('../../../examples/digits/digits.onnx', import.meta.url)), {
    shapes: new Map([['image', [2, 1, 32, 32]]]),
  });
  const inputs = randomInputs(digits);
  const folder = emitGraph(digits, { backend: xnnpackBackend() });
  const root = await board();
  const { make, compiler, linkFlags, emulator, env } = await toolchain();
  const [clang = 'clang'] = compiler;
  const gcc = readdirSync(join(root, 'usr/lib/gcc/riscv64-linux-gnu'))[0] ?? '';
  const native = [clang, '--target=riscv64-linux-gnu', `--sysroot=${root}`];
  const install = `--gcc-install-dir=${join(root, 'usr/lib/gcc/riscv64-linux-gnu', gcc)}`;
  const linker = linkFlags.filter((flag) => flag !== '-static').join(' ');
  // As on a board: no prefix, nothing but `make`. The compiler stands in for the board's own.
  const argv = [make, '-C', folder, '-j2', 'exe', `CC=${[...native, install].join(' ')}`, `LINK_FLAGS=${linker}`];
  const built = await runProcess([...argv, 'PKG_CONFIG=false'], {
    env: { ...process.env, ...env, CFLAGS: '-O3 -Werror' },
  });
  expect({ exitCode: built.exitCode, stderr: built.stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [input, output] = [join(folder, 'in.npz'), join(folder, 'out.npz')];
  writeFileSync(input, writeNpz(inputs));
  const expected = interpret(digits, inputs).get('logits');
  for (const vlen of [128, 512]) {
    const run = [...emulator, '-L', root, '-cpu', `rv64,v=true,vext_spec=v1.0,vlen=${vlen}`, join(folder, 'build/net')];
    const { exitCode, stderr } = await runProcess([...run, '--input', input, '--output', output, '--threads', '2'], {
      env: { ...process.env, ...env },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(relativeError(readTensors(output).get('logits'), expected)).toBeLessThan(1e-5);
  }
});
