import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { writeNpz } from '@ait-rvv/ir/weights';
import { defaultCacheDir, runProcess } from '@ait-rvv/remote';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { libraryOf, readTensors, toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { relativeError } from '../../../tools/testing/tensors.js';
import { commandLine, shortened } from './command-line.js';

const example = (name: string): URL => new URL(`../../../examples/digits/${name}`, import.meta.url);
const scratch = scratchFolder();
const model = join(scratch, 'digits.onnx');
const folder = join(scratch, 'digits');
const MODEL = [model, '--shape', 'image:4,1,32,32', '--target', 'xnnpack'] as const;

beforeAll(async () => {
  copyFileSync(example('digits.onnx'), model);
  // The set-up has fetched the library; here it must not be fetched again.
  const outcome = await commandLine(['compile', ...MODEL, '--offline', '-o', folder]);
  expect(outcome).toMatchObject({ exitCode: 0, stdout: '' });
});

describe('compile, run, verify, bench on XNNPACK', () => {
  test('the program classifies like ONNX Runtime', async () => {
    const pictures = readTensors(example('digits-test.npz').pathname).get('image');
    if (pictures === undefined) throw new Error('no pictures');
    const batch = new Map([['image', { ...pictures, shape: [4, 1, 32, 32], data: pictures.data.slice(0, 4 * 1024) }]]);
    const [input, output] = [join(scratch, 'in.npz'), join(scratch, 'out.npz')];
    writeFileSync(input, writeNpz(batch));
    const argv = ['run', folder, '--input', input, '--output', output, '--threads', '2'];
    expect((await commandLine(argv)).exitCode).toBe(0);
    const expected = await runOnnxRuntime(model, batch);
    expect(relativeError(readTensors(output).get('logits'), expected.get('logits'))).toBeLessThan(1e-5);
  });

  test('verify passes at another vector length, and layer by layer when they are apart', async () => {
    expect((await commandLine(['verify', folder, '--device', 'qemu:vlen=512'])).exitCode).toBe(0);
    const apart = join(scratch, 'apart');
    expect((await commandLine(['compile', ...MODEL, '--per-layer', '-o', apart])).exitCode).toBe(0);
    const { exitCode, stdout } = await commandLine(['verify', apart, '--layers', '--json']);
    const report = JSON.parse(stdout) as { passed: boolean; layers: unknown[] };
    expect({ exitCode, passed: report.passed }).toEqual({ exitCode: 0, passed: true });
    expect(report.layers.length).toBeGreaterThanOrEqual(12);
  });

  test('a pruned model computes what its plan says, from dense weights', async () => {
    const pruned = join(scratch, 'pruned');
    expect((await commandLine(['compile', ...MODEL, '--prune', '0.5', '-o', pruned])).exitCode).toBe(0);
    expect((await commandLine(['verify', pruned])).exitCode).toBe(0);
  });

  test('a simulated core tells the cycles of every step', async () => {
    const { exitCode, stdout } = await commandLine(['bench', folder, '--json', '--device', 'sim:spacemit-x60']);
    const { total, layers } = JSON.parse(stdout) as {
      total: { cycles: number; multiplyAdds: number };
      layers: { name: string; kernel: string; cycles: number; multiplyAdds: number }[];
    };
    expect(exitCode).toBe(0);
    // One channel: NHWC is NCHW, and nothing has to be moved.
    expect(layers.map(({ kernel }) => kernel)).toEqual(['xnnpack']);
    expect(layers[0]?.name).toMatch(/ … /);
    expect(layers[0]?.multiplyAdds).toBe(total.multiplyAdds);
    expect(layers[0]?.cycles).toBeGreaterThan(0.9 * total.cycles);
  });

  test('bench counts vector instructions of the library', async () => {
    const { exitCode, stdout } = await commandLine(['bench', folder, '--json', '--warmup', '1']);
    const { total } = JSON.parse(stdout) as { total: { vectorMultiplyAdds: number; multiplyAdds: number } };
    expect(exitCode).toBe(0);
    expect(total.vectorMultiplyAdds).toBeGreaterThan(0.8 * total.multiplyAdds);
  });

  test('the manifest says what computes every layer', () => {
    const { layers, target } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      target: string;
      layers: { name: string; op: string; kernel: string; parameters: Record<string, string | number> }[];
    };
    expect(target).toBe('xnnpack');
    const convolutions = layers.filter(({ op }) => op === 'conv2d');
    expect(convolutions.length).toBeGreaterThan(3);
    for (const { kernel, parameters } of convolutions)
      expect({ kernel, ...parameters }).toMatchObject({ kernel: 'xnnpack', segment: 0 });
  });

  test('inspect --why says what runs where and why', async () => {
    const { exitCode, stdout } = await commandLine(['inspect', 'zoo:mobilenet_v2@64', '--why', '--target', 'xnnpack']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /conv2d "features\.1\.conv\.0\.0"\n {2}xnnpack: functions=depthwise_convolution_2d ~[0-9,]+ cycles\n {2}portable_conv2d: /,
    );
    expect(stdout).toMatch(
      /relayout "input\.relayout"\n {2}xnnpack: no, XNNPACK of 2022 has no function that only moves elements\n {2}portable_copy: /,
    );
  });
});

/** Files of a prefix that is not what it should be. */
function prefixOf(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const prefix = join(scratch, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    writeFileSync(join(prefix, path), content);
  }
  return prefix;
}

describe('a library that does not serve', () => {
  const output = join(scratch, 'refused');
  const compile = async (...more: readonly string[]) => {
    const outcome = await commandLine(['compile', ...MODEL, '-o', output, ...more]);
    expect(existsSync(output)).toBe(false);
    const [first = ''] = shortened(outcome.stderr, scratch).split('\n');
    return { exitCode: outcome.exitCode, first };
  };

  test('missing', async () => {
    const prefix = prefixOf('empty', { 'include/other.h': '' });
    expect(await compile('--xnnpack', prefix)).toEqual({
      exitCode: 3,
      first: 'error: …/empty has no include/xnnpack.h',
    });
  });

  test('header without library', async () => {
    const { prefix = '/usr' } = (await libraryOf({ backend: xnnpackBackend() })) ?? {};
    const header = readFileSync(join(prefix, 'include/xnnpack.h'));
    const own = prefixOf('headers', { 'include/xnnpack.h': header, 'include/pthreadpool.h': '' });
    expect(await compile('--xnnpack', own)).toEqual({
      exitCode: 3,
      first: 'error: …/headers has no lib/libXNNPACK.so and no lib/libXNNPACK.a',
    });
  });

  test('too old', async () => {
    const header = 'enum xnn_status xnn_create_runtime_v2(void);\nenum xnn_status xnn_define_add2(void);\n';
    const prefix = prefixOf('old', { 'include/xnnpack.h': header, 'include/pthreadpool.h': '' });
    const { exitCode, first } = await compile('--xnnpack', prefix);
    expect(exitCode).toBe(3);
    expect(first).toMatch(
      /^error: …\/old holds an XNNPACK that is too old: it has no xnn_define_abs, .* \(2022 and newer do\)$/,
    );
  });

  test('for another machine', async () => {
    const host = await libraryOf({ backend: xnnpackBackend(), scalar: true });
    const { exitCode, first } = await compile('--xnnpack', host?.prefix ?? '/usr');
    expect(exitCode).toBe(3);
    expect(first).toMatch(/holds an XNNPACK for (x86_64|aarch64), not for riscv64$/);
  });

  test('options of this target with another one', async () => {
    for (const option of [['--xnnpack', scratch], ['--per-layer']]) {
      const outcome = await commandLine(['compile', model, '--shape', 'image:4,1,32,32', '-o', output, ...option]);
      expect(outcome).toMatchObject({ exitCode: 2, stderr: `error: ${option[0] ?? ''} belongs to --target xnnpack\n` });
    }
  });

  test('a path make cannot read', async () => {
    expect(await compile('--xnnpack', '/a b/$(id)')).toEqual({
      exitCode: 2,
      first: 'error: --xnnpack takes a folder whose path make can read, not "/a b/$(id)"',
    });
  });

  test('not in the cache, and not to be fetched', async () => {
    const cache = join(scratch, 'cache');
    mkdirSync(cache);
    const description = join(defaultCacheDir(process.env), 'toolchain.json');
    if (existsSync(description)) copyFileSync(description, join(cache, 'toolchain.json'));
    const env = { ...process.env, AIT_RVV_CACHE: cache };
    const outcome = await commandLine(['compile', ...MODEL, '-o', output, '--offline'], env);
    expect(outcome).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        'error: XNNPACK for riscv64 is not in the cache, and --offline forbids to fetch it\n' +
        'hint: compile once without --offline, or name a build of your own: --xnnpack PREFIX\n',
    });
  });

  test('sources alone need no library', async () => {
    const target = join(scratch, 'sources');
    const env = { ...process.env, AIT_RVV_CACHE: join(scratch, 'nothing') };
    const argv = ['compile', ...MODEL, '-o', target, '--emit', 'c', '--offline'];
    expect((await commandLine(argv, env)).exitCode).toBe(0);
  });
});

describe('a device that does not serve', () => {
  test('without the library', async () => {
    const copy = join(scratch, 'without');
    cpSync(folder, copy, { recursive: true });
    rmSync(join(copy, 'build/sysroot/lib/libpthreadpool.so.0'));
    const { exitCode, stderr } = await commandLine(['run', copy]);
    expect(exitCode).toBe(3);
    expect(stderr.split('\n')[0]).toBe(
      'error: the device has no libpthreadpool.so.0, which the program is linked with',
    );
  });

  test('without a vector unit', async () => {
    const { emulator, env } = await toolchain();
    const argv = [...emulator, '-L', join(folder, 'build/sysroot'), '-cpu', 'rv64', join(folder, 'build/digits')];
    expect(await runProcess(argv, { env: { ...process.env, ...env } })).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'error: this machine has no vector unit (RVV 1.0), which the program was compiled for\n',
    });
  });
});
