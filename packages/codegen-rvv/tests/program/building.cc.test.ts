import { importOnnx } from '@ait-rvv/ir/onnx';
import { runProcess } from '@ait-rvv/remote';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildFolder, emitGraph, execute, toolchain } from '../../../../tools/testing/programs.js';
import { randomInputs } from '../../../../tools/testing/tensors.js';

const digits = importOnnx(readFileSync(new URL('../../../../examples/digits/digits.onnx', import.meta.url)), {
  shapes: new Map([['image', [1, 1, 32, 32]]]),
});

async function run(argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { exitCode, stdout, stderr } = await runProcess(argv, { cwd, env: { ...process.env, ...env } });
  expect({ argv, exitCode, stderr, stdout: exitCode === 0 ? '' : stdout }).toEqual({
    argv,
    exitCode: 0,
    stderr: '',
    stdout: '',
  });
}

describe('the generated build files', () => {
  test('CMake builds the same program as make', async () => {
    const { cmake = 'cmake', hostCompiler, make, env } = await toolchain();
    const [compiler = 'cc', ...compilerFlags] = hostCompiler;
    const folder = emitGraph(digits);
    await buildFolder(folder, { scalar: true });
    const inputs = randomInputs(digits);
    const made = (await execute(folder, 'local', inputs)).outputs.get('logits');
    const settings = [
      `CMAKE_C_COMPILER=${compiler}`,
      `CMAKE_MAKE_PROGRAM=${make}`,
      `CMAKE_C_FLAGS=${[...compilerFlags, '-Werror'].join(' ')}`,
    ];
    await run(
      [cmake, '-S', '.', '-B', 'cmake', '-DAIT_SCALAR=ON', ...settings.map((setting) => `-D${setting}`)],
      folder,
      env,
    );
    await run([cmake, '--build', 'cmake', '-j2'], folder, env);
    copyFileSync(join(folder, 'cmake/net'), join(folder, 'build/net'));
    expect((await execute(folder, 'local', inputs)).outputs.get('logits')).toEqual(made);
  });

  test('the header stands alone in strict C11, may be included twice, and knows C++', async () => {
    const folder = emitGraph(digits);
    writeFileSync(
      join(folder, 'use.c'),
      '#include "net.h"\n#include "net.h"\nint main(void) { return net_input(0) == 0; }\n',
    );
    const { hostCompiler } = await toolchain();
    const { exitCode, stderr } = await runProcess(
      [
        ...hostCompiler,
        '-std=c11',
        '-pedantic-errors',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-Iinclude',
        '-c',
        'use.c',
        '-o',
        'use.o',
      ],
      { cwd: folder },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(folder, 'include/net.h'), 'utf8')).toContain('extern "C" {');
  });

  test('the program explains itself and refuses wrong options', async () => {
    const folder = emitGraph(digits);
    await buildFolder(folder, { scalar: true });
    const attempt = async (...argv: string[]): Promise<readonly [number | null, string]> => {
      const { exitCode, stderr } = await runProcess([join(folder, 'build/net'), ...argv], { cwd: folder });
      return [exitCode, stderr.replaceAll(folder, '…')];
    };
    writeFileSync(join(folder, 'noise.npz'), 'PK\u0003\u0004 not really');
    expect(await attempt('--help')).toEqual([0, '']);
    expect(await attempt('--twist')).toEqual([2, 'error: unknown option --twist; --help lists them\n']);
    expect(await attempt('--threads', '0')).toEqual([2, 'error: --threads takes a whole number from 1 to 1024\n']);
    expect(await attempt('--threads', '99999999999999999999')).toEqual([
      2,
      'error: --threads takes a whole number from 1 to 1024\n',
    ]);
    expect(await attempt('--fill', 'twos')).toEqual([2, 'error: --fill takes random or ones\n']);
    expect(await attempt('--schedule', 'guided')).toEqual([2, 'error: --schedule takes dynamic or static\n']);
    expect(await attempt('--weights', 'nothing.bin')).toEqual([
      2,
      'error: nothing.bin: the weights file cannot be opened\n',
    ]);
    expect((await attempt('--input', 'noise.npz'))[0]).toBe(2);
    expect((await attempt('--output', '/nonexistent/out.npz'))[0]).toBe(2);
    const { stdout } = await runProcess([join(folder, 'build/net'), '--json', '--iterations', '3'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ memory: { weights: expect.any(Number) as number } });
    expect(JSON.parse(stdout)).not.toHaveProperty('layers');
  });

  test('it times every layer on demand', async () => {
    const folder = emitGraph(digits);
    await buildFolder(folder, { scalar: true });
    const argv = [join(folder, 'build/net'), '--json', '--profile', '--iterations', '3'];
    const { stdout } = await runProcess(argv, { cwd: folder });
    const { layers } = JSON.parse(stdout) as { layers: { output: string; nanoseconds: number }[] };
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      layers: { outputs: { name: string }[] }[];
    };
    expect(layers.map(({ output }) => output)).toEqual(
      manifest.layers.flatMap(({ outputs }) => outputs.map(({ name }) => name)),
    );
    expect(layers.some(({ nanoseconds }) => nanoseconds > 0)).toBe(true);
  });

  test('tasks dealt out in turn give the same numbers as tasks taken by idle threads', async () => {
    const folder = emitGraph(digits);
    await buildFolder(folder, { scalar: true });
    const inputs = randomInputs(digits);
    const dynamic = await execute(folder, 'local', inputs, 3);
    const dealt = await execute(folder, 'local', inputs, 3, ['--schedule', 'static']);
    expect(dealt.outputs).toEqual(dynamic.outputs);
  });
});
