import { RandomSource, writeNpy, writeNpz } from '@ait-rvv/ir/weights';
import { tensorF32 } from '@ait-rvv/ir';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeModel, externalData, filled, ints, type TestModel } from '../../ir/tests/onnx-model.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { commandLine, shortened, type Outcome } from './command-line.js';

const folder = scratchFolder();
const output = join(folder, 'out');
const digits = readFileSync(new URL('../../../examples/digits/digits.onnx', import.meta.url));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Compiles to C only, so that nothing but the input can be at fault. */
async function compile(model: string, ...more: string[]): Promise<Outcome> {
  const outcome = await commandLine(['compile', model, '--emit', 'c', '-o', output, ...more]);
  return { ...outcome, stderr: shortened(outcome.stderr, folder) };
}

afterEach(() => {
  expect(existsSync(output)).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
});

describe('files that are no models', () => {
  test('missing', async () => {
    expect(await compile(join(folder, 'nothing.onnx'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: there is no model file "…/nothing.onnx"\n',
    });
  });

  test('empty', async () => {
    const { exitCode, stderr } = await compile(file('empty.onnx', ''));
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'error: AIT1001 …/empty.onnx: the file is empty.\n' });
  });

  test('a folder', async () => {
    mkdirSync(join(folder, 'folder.onnx'), { recursive: true });
    const { exitCode, stderr } = await compile(join(folder, 'folder.onnx'));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: "…/folder.onnx" is a folder, not a model file\n',
    });
  });

  test('cut off at every sixteenth', async () => {
    const messages: string[] = [];
    for (let part = 1; part < 16; part++) {
      const { exitCode, stdout, stderr } = await compile(
        file('cut.onnx', digits.subarray(0, Math.floor((digits.length * part) / 16))),
        '--shape',
        'image:1,1,32,32',
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      messages.push(stderr);
    }
    expect(new Set(messages)).toEqual(
      new Set(['error: AIT1001 …/cut.onnx: the file is no ONNX model, or is damaged or cut off.\n']),
    );
  });

  test('random bytes', async () => {
    const random = new RandomSource(7);
    for (let i = 0; i < 40; i++) {
      const bytes = Uint8Array.from({ length: 1 + (random.next() % 2000) }, () => random.next());
      const { exitCode, stderr } = await compile(file('noise.onnx', bytes));
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /^error: AIT1001 …\/noise\.onnx: the file is no ONNX model, or is (damaged or cut off\.|cut off: it has no graph or no operator set\.)\n$/,
      );
    }
  });

  test('a real model with changed bytes is refused in one line or compiles, and never crashes', async () => {
    const random = new RandomSource(8);
    const seen = new Set<number>();
    for (let i = 0; i < 150; i++) {
      const bytes = new Uint8Array(digits);
      // The structure lies at the beginning; the weights behind it may change freely.
      for (let k = 0; k < 3; k++) bytes[random.next() % 6000] = random.next();
      const outcome = await commandLine(['inspect', file('changed.onnx', bytes), '--shape', 'image:1,1,32,32']);
      seen.add(outcome.exitCode);
      expect([0, 2, 4]).toContain(outcome.exitCode);
      const [first = ''] = outcome.stderr.split('\n');
      if (outcome.exitCode !== 0) expect(first).toMatch(/^error: /);
      expect(outcome.stderr).not.toMatch(/bug of ait-rvv|\n {4}at /);
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

const conv: TestModel = {
  inputs: { x: [1, 3, 8, 8] },
  initializers: { w: filled([4, 3, 3, 3], 0.5) },
  nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'] }],
  outputs: ['y'],
};

describe('models that make no sense', () => {
  const refused: readonly (readonly [string, TestModel, string])[] = [
    [
      'an unknown operator',
      {
        ...conv,
        nodes: [...conv.nodes, { type: 'Frobnicate', name: 'f\u001b[31m', inputs: ['y'], outputs: ['z'] }],
        outputs: ['z'],
      },
      'error: 1 node is not supported\nnote: AIT1005 Frobnicate "f\\u001b[31m": the operator is not supported.\n',
    ],
    [
      'a missing initializer',
      { ...conv, initializers: {} },
      'error: AIT1002 Conv "stem": reads "w", which is no input, no initializer and made by no node.\n',
    ],
    [
      'a weight of the wrong shape',
      { ...conv, initializers: { w: filled([4, 2, 3, 3], 0.5) } },
      'error: AIT2101 conv2d "stem": weight expects 2 input channels, input has 3.\n',
    ],
    [
      'raw data of the wrong length',
      { ...conv, tensor: (message) => ({ ...message, raw_data: new Uint8Array(7) }) },
      'error: AIT1002 tensor "w": has 7 bytes of data, f32[4,3,3,3] needs 432.\n',
    ],
    [
      'an impossible shape',
      { ...conv, tensor: (message) => ({ ...message, dims: [2 ** 40, 2 ** 40] }) },
      'error: AIT1002 tensor "w": the shape [1099511627776,1099511627776] is impossible.\n',
    ],
    [
      'a cycle',
      {
        ...conv,
        nodes: [
          { type: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
          { type: 'Relu', inputs: ['a'], outputs: ['b'] },
        ],
        outputs: ['b'],
      },
      'error: AIT1002 …/bad.onnx: the graph has a cycle through "a".\n',
    ],
    [
      'a value made twice',
      { ...conv, nodes: [...conv.nodes, { type: 'Relu', inputs: ['x'], outputs: ['y'] }] },
      'error: AIT1002 …/bad.onnx: "y" is made twice.\n',
    ],
    [
      'an output nobody makes',
      { ...conv, outputs: ['z'] },
      'error: AIT1002 …/bad.onnx: output "z" is computed by no node.\n',
    ],
    [
      'an attribute of the wrong type',
      {
        ...conv,
        nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'], attributes: { strides: 'two' } }],
      },
      'error: AIT1002 Conv "stem": attribute "strides" has the wrong type.\n',
    ],
    [
      'an attribute nobody knows',
      {
        ...conv,
        nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'], attributes: { twist: 1 } }],
      },
      'error: 1 node is not supported\nnote: AIT1005 Conv "stem": attribute "twist" is not supported.\n',
    ],
    [
      'an old operator set',
      { ...conv, opset: 6 },
      'error: 1 node is not supported\nnote: AIT1005 …/bad.onnx: operator set 6 is not supported, 7 to 22 are. Convert the model with onnx.version_converter.\n',
    ],
    [
      'a foreign operator domain',
      { ...conv, nodes: [{ type: 'Conv', name: 'stem', domain: 'com.example', inputs: ['x', 'w'], outputs: ['y'] }] },
      'error: 1 node is not supported\nnote: AIT1005 Conv "stem": the operator domain "com.example" is not supported.\n',
    ],
  ];
  test.each(refused)('%s', async (_, model, stderr) => {
    const outcome = await compile(file('bad.onnx', encodeModel(model)));
    expect(outcome.stderr).toBe(stderr);
    expect(outcome.stdout).toBe('');
    expect(outcome.exitCode).toBe(stderr.includes('not supported') ? 4 : 2);
  });

  test('everything that is not supported is listed', async () => {
    const nodes = ['Foo', 'Bar', 'Foo'].map((type, index) => ({
      type,
      name: `n${index}`,
      inputs: ['x'],
      outputs: [`o${index}`],
    }));
    const { exitCode, stderr } = await compile(
      file('bad.onnx', encodeModel({ ...conv, nodes, outputs: ['o0', 'o1', 'o2'] })),
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr:
        'error: 3 nodes are not supported\n' +
        'note: AIT1005 Foo "n0": the operator is not supported.\n' +
        'note: AIT1005 Bar "n1": the operator is not supported.\n' +
        'note: AIT1005 Foo "n2": the operator is not supported.\n',
    });
  });
});

describe('open dimensions', () => {
  const open = encodeModel({ ...conv, inputs: { x: ['batch', 3, 8, 'width'] } });
  test.each([
    [
      [],
      'error: AIT1003 input "x": has open dimensions: "batch", "width". Fix them, for example with --shape x:1,3,8,1.\n',
    ],
    [['--shape', 'x:1,4,8,8'], 'error: AIT1003 input "x": is [batch,3,8,width]; --shape gives [1,4,8,8].\n'],
    [['--shape', 'z:1'], 'error: AIT1003 …/open.onnx: the model has no input "z". It has "x".\n'],
    [
      ['--shape', 'x:1,-3'],
      'error: --shape takes NAME:D,D,…, not "x:1,-3"\nhint: for example --shape input:1,3,224,224\n',
    ],
    [['--const', 'x'], 'error: --const takes NAME=FILE.npy, not "x"\n'],
  ])('%j', async (more, stderr) => {
    const outcome = await compile(file('open.onnx', open), ...more);
    expect(outcome).toEqual({ exitCode: 2, stdout: '', stderr });
  });
});

describe('external data', () => {
  const store = externalData();
  const inside = encodeModel({ ...conv, tensor: store.tensor });
  const at = (location: string): Uint8Array =>
    encodeModel({
      ...conv,
      tensor: ({ raw_data: _, ...message }) => ({
        ...message,
        data_location: 1,
        external_data: [{ key: 'location', value: location }],
      }),
    });

  test("is read from the model's folder", async () => {
    writeFileSync(join(folder, 'weights.bin'), store.read('weights.bin', 0, undefined));
    const { exitCode, stderr } = await commandLine(['inspect', file('external.onnx', inside)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('a short file', async () => {
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(10));
    const { exitCode, stderr } = await compile(file('external.onnx', inside));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: external data "weights.bin" has 10 bytes; the model wants 432 at 0\n',
    });
  });

  test.each(['../secret', '/etc/passwd', 'a/../../secret', 'a\\..\\b', 'x\u0000y'])(
    'never from %j',
    async (location) => {
      const { exitCode, stderr } = await compile(file('external.onnx', at(location)));
      expect(exitCode).toBe(2);
      expect(stderr).toBe(`error: external data ${JSON.stringify(location)} lies outside the model's folder\n`);
    },
  );

  test('never through a link that leads outside', async () => {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    const { exitCode, stderr } = await compile(file('external.onnx', at('link')));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'error: external data "link" lies outside the model\'s folder\n',
    });
  });
});

describe('the command line', () => {
  test.each([
    [['compil', 'x'], 'error: there is no command "compil"\nhint: did you mean compile?\n'],
    [
      ['compile', 'zoo:resnet18@32', '-o', output, '--emot', 'c'],
      'error: compile has no option --emot\nhint: did you mean --emit?\n',
    ],
    [
      ['compile', 'zoo:resnet18@32', '-o', output, '--name', '1x'],
      'error: --name takes a C identifier, not "1x"\nhint: for example model_1x\n',
    ],
    [
      ['compile', 'zoo:resnet18@32', '-o', output, '--march', 'rv64gcv; rm'],
      'error: --march takes an architecture such as rv64gcv, not "rv64gcv; rm"\n',
    ],
    [
      ['compile', 'zoo:resnet18@32'],
      'error: compile needs --output\nhint: for example ait-rvv compile zoo:resnet18@64 -o out\n',
    ],
    [
      ['compile', '-o', output],
      'error: compile needs <model>\nhint: for example ait-rvv compile zoo:resnet18@64 -o out\n',
    ],
    [
      ['compile', 'a', 'b', '-o', output],
      'error: compile does not take "b"\nhint: ait-rvv compile --help lists its options\n',
    ],
    [['compile', 'a', '-o', output, '--emit', 'x'], 'error: --emit takes c, lib, exe, not "x"\n'],
    [
      ['run', '/nonexistent'],
      'error: "/nonexistent" is no output folder of ait-rvv compile: it has no manifest.json\n',
    ],
    [
      ['compile', 'zoo:resnet18@32', '--shape', 'x:1', '-o', output],
      'error: --shape and --const are for ONNX files; a zoo network takes zoo:NAME@size?batch=N\n',
    ],
  ])('%j', async (argv, stderr) => {
    expect(await commandLine(argv)).toEqual({ exitCode: 2, stdout: '', stderr });
  });

  test('an output folder that is not ours is left alone', async () => {
    const precious = join(folder, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'thesis.txt'), 'all my work');
    const outcome = await commandLine(['compile', file('good.onnx', encodeModel(conv)), '--emit', 'c', '-o', precious]);
    expect(outcome.exitCode).toBe(2);
    expect(shortened(outcome.stderr, folder)).toBe(
      'error: "…/precious" exists and is no output folder of ait-rvv\nhint: choose another -o, or remove it first\n',
    );
    expect(readdirSync(precious)).toEqual(['thesis.txt']);
  });

  test('a compiler or an emulator that is missing is named before anything is written', async () => {
    const env = { PATH: '', HOME: folder, AIT_RVV_CACHE: join(folder, 'no-cache') };
    const outcome = await commandLine(['compile', file('good.onnx', encodeModel(conv)), '-o', output], env);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(
      /^error: missing: clang \(compiles for RISC-V, version 17 or newer\), .*qemu-riscv64 \(runs RISC-V programs on this machine\), .*\nhint: npm run setup, or on Debian and Ubuntu: apt-get install .*\n$/,
    );
  });
});

test('names from a model never reach C unescaped', async () => {
  const name = 'x"); system("id"); //\n*/ #error\u0001 ??/';
  const model: TestModel = {
    ...conv,
    inputs: { [name]: [1, 3, 8, 8] },
    nodes: [{ type: 'Conv', name: `${name}conv`, inputs: [name, 'w'], outputs: [`${name}out`] }],
    outputs: [`${name}out`],
  };
  const target = join(folder, 'escaped');
  const { exitCode } = await commandLine([
    'compile',
    file('a"; b.onnx', encodeModel(model)),
    '--emit',
    'c',
    '-o',
    target,
  ]);
  expect(exitCode).toBe(0);
  expect(existsSync(join(target, 'src/a_b.c'))).toBe(true);
  const source = readFileSync(join(target, 'src/a_b.c'), 'utf8');
  expect(source).toContain('"x\\"); system(\\"id\\"); //\\012*/ #error\\001 \\077\\077/"');
  for (const line of source.split('\n')) expect(line).not.toMatch(/^ *\*\/ #error/);
});

test('input files that do not fit', async () => {
  const target = join(folder, 'net');
  mkdirSync(join(target, 'build'), { recursive: true });
  expect(
    (
      await commandLine([
        'compile',
        file('good.onnx', encodeModel(conv)),
        '--emit',
        'c',
        '--name',
        'net',
        '-o',
        join(folder, 'made'),
      ])
    ).exitCode,
  ).toBe(0);
  writeFileSync(join(target, 'manifest.json'), readFileSync(join(folder, 'made/manifest.json')));
  writeFileSync(join(target, 'build/net'), '');
  const inputs: readonly (readonly [Uint8Array, string])[] = [
    [
      writeNpz(new Map([['z', filled([1, 3, 8, 8], 1)]])),
      '…/in.npz has no tensor "x"\nhint: the model takes "x" f32[1,3,8,8]',
    ],
    [
      writeNpz(new Map([['x', filled([1, 3, 8, 9], 1)]])),
      '…/in.npz: "x" f32[1,3,8,9] does not fit\nhint: the model takes "x" f32[1,3,8,8]',
    ],
    [writeNpz(new Map([['x', ints(1)]])), '…/in.npz: "x" i64[1] does not fit\nhint: the model takes "x" f32[1,3,8,8]'],
    [
      writeNpz(
        new Map([
          ['x', filled([1, 3, 8, 8], 1)],
          ['more', tensorF32([1], [1])],
        ]),
      ),
      '…/in.npz: "more" is no input of the model\nhint: the model takes "x" f32[1,3,8,8]',
    ],
    [writeNpy(filled([1, 3, 8, 8], 1)), 'AIT2202 this is no .npz file.'],
  ];
  for (const [bytes, message] of inputs) {
    const outcome = await commandLine(['run', target, '--input', file('in.npz', bytes)]);
    expect({ ...outcome, stderr: shortened(outcome.stderr, folder) }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  }
});
