import { fromNumbers, tensorF32, zeros } from '@ait-rvv/ir';
import { runProcess } from '@ait-rvv/remote';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { onnx } from '../../ir/src/onnx/generated/schema.js';
import { encodeModel, filled, type TestModel } from '../../ir/tests/onnx-model.js';
import { shortened } from './command-line.js';

/** What any single input may make the compiler take. */
const GIGABYTES = 2;
const MILLISECONDS = 10_000;

const folder = scratchFolder();
const output = join(folder, 'out');
const tool = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Compiles in a process of its own, so that its memory can be seen and a hang be ended. */
async function compile(file: string, ...more: readonly string[]): Promise<Outcome> {
  const argv = ['compile', file, '--emit', 'c', '-o', output, ...more];
  const command = [process.execPath, tool('tools/bench/meter.mjs'), tool('packages/cli/bin/ait-rvv.mjs'), ...argv];
  const result = await runProcess(command, { env: process.env, timeoutMs: MILLISECONDS });
  expect(result.timedOut).toBe(false);
  const lines = result.stdout.trimEnd().split('\n');
  expect(Number(lines.pop()) / 1e6).toBeLessThan(GIGABYTES);
  return { exitCode: result.exitCode, stdout: lines.join('\n'), stderr: shortened(result.stderr, folder) };
}

function write(bytes: Uint8Array, name = 'bad.onnx'): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function refused(model: Uint8Array | TestModel, ...more: readonly string[]): Promise<string> {
  const bytes = model instanceof Uint8Array ? model : encodeModel(model);
  const { exitCode, stdout, stderr } = await compile(write(bytes), ...more);
  expect({ exitCode, stdout }).toEqual({ exitCode: stderr.includes(' not supported\n') ? 4 : 2, stdout: '' });
  expect(existsSync(output)).toBe(false);
  return stderr;
}

afterEach(() => {
  rmSync(output, { recursive: true, force: true });
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
});

const relu: TestModel = {
  inputs: { x: [2, 3] },
  nodes: [{ type: 'Relu', inputs: ['x'], outputs: ['y'] }],
  outputs: ['y'],
};
const added: TestModel = {
  ...relu,
  initializers: { w: filled([2, 3], 1) },
  nodes: [{ type: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
};

describe('shapes', () => {
  const dims = (...extents: readonly number[]): TestModel => ({
    ...added,
    tensor: (message) => ({ ...message, dims: extents }),
  });

  test.each([
    ['a negative extent', dims(-2, 3), 'error: AIT1002 tensor "w": the shape [-2,3] is impossible.\n'],
    [
      'an extent of 2^40',
      dims(2 ** 40),
      'error: AIT1002 tensor "w": has 24 bytes of data, f32[1099511627776] needs 4398046511104.\n',
    ],
    [
      'a product that overflows',
      dims(2 ** 32, 2 ** 32),
      'error: AIT1002 tensor "w": the shape [4294967296,4294967296] is impossible.\n',
    ],
    [
      'an extent of 0 with elements',
      dims(0, 3),
      'error: AIT1002 tensor "w": has 24 bytes of data, f32[0,3] needs 0.\n',
    ],
    [
      'an input of 2^40 elements',
      { ...relu, inputs: { x: [2 ** 40] } },
      'error: AIT3002 tensor "x": f32[1099511627776] has more than 2147483647 elements.\n',
    ],
    [
      'an input whose product overflows',
      { ...relu, inputs: { x: [2 ** 31, 2 ** 31, 2 ** 31] } },
      'error: AIT3002 tensor "x": f32[2147483648,2147483648,2147483648] has more than 2147483647 elements.\n',
    ],
    [
      'an input with a negative extent',
      { ...relu, inputs: { x: [-2, 3] } },
      'error: AIT1003 input "x": has open dimensions: "dimension 0". Fix them, for example with --shape x:1,3.\n',
    ],
    [
      'an input with an extent of 0',
      { ...relu, inputs: { x: [0, 3] } },
      'error: AIT1003 input "x": has open dimensions: "dimension 0". Fix them, for example with --shape x:1,3.\n',
    ],
    [
      'a result that is too large',
      {
        ...relu,
        inputs: { x: [1, 65536], z: [65536, 1] },
        nodes: [{ type: 'Add', inputs: ['x', 'z'], outputs: ['y'] }],
      },
      'error: AIT3002 tensor "y": f32[65536,65536] has more than 2147483647 elements.\n',
    ],
    [
      'a tiny constant that asks for gigabytes',
      {
        ...relu,
        initializers: { s: fromNumbers('i64', [4], [2 ** 20, 2 ** 20, 2 ** 20, 2 ** 20]) },
        nodes: [{ type: 'ConstantOfShape', inputs: ['s'], outputs: ['y'] }],
      },
      'error: AIT3002 tensor "y": f32[1048576,1048576,1048576,1048576] has more than 2147483647 elements.\n',
    ],
  ] as const)('%s', async (_, model, stderr) => {
    expect(await refused(model)).toBe(stderr);
  });

  test('a thousand small constants that unfold stay within bounds', async () => {
    const nodes = Array.from({ length: 1000 }, (_, index) => ({
      type: 'Expand',
      inputs: [index === 0 ? 'c' : `y${index - 1}`, 's'],
      outputs: [`y${index}`],
    }));
    const initializers = { c: tensorF32([1], [1]), s: fromNumbers('i64', [1], [60_000]) };
    const bytes = encodeModel({ ...relu, initializers, nodes, outputs: ['y999'] });
    expect((await compile(write(bytes))).exitCode).toBe(0);
  }, 30_000);
});

describe('graphs', () => {
  test('that run in a circle', async () => {
    const nodes = [
      { type: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
      { type: 'Relu', inputs: ['a'], outputs: ['b'] },
    ];
    expect(await refused({ ...relu, nodes, outputs: ['b'] })).toBe(
      'error: AIT1002 …/bad.onnx: the graph has a cycle through "a".\n',
    );
  });

  test.each([
    ['tensors', { ...relu, nodes: [...relu.nodes, ...relu.nodes] }, 'error: AIT1002 …/bad.onnx: "y" is made twice.\n'],
    [
      'a node output and an initializer',
      { ...relu, initializers: { y: filled([2, 3], 0) } },
      'error: AIT1002 …/bad.onnx: "y" is made twice.\n',
    ],
    ['outputs', { ...relu, outputs: ['y', 'y'] }, 'error: AIT1002 …/bad.onnx: output "y" is listed twice.\n'],
  ] as const)('with one name for two %s', async (_, model, stderr) => {
    expect(await refused(model)).toBe(stderr);
  });

  const chain = (count: number): Uint8Array =>
    encodeModel({
      inputs: { x: [1] },
      nodes: Array.from({ length: count }, (_, index) => ({
        type: 'Relu',
        inputs: [index === 0 ? 'x' : `v${index - 1}`],
        outputs: [`v${index}`],
      })),
      outputs: [`v${count - 1}`],
    });

  test('of 100,000 nodes', async () => {
    expect(await refused(chain(100_000))).toBe(
      'error: AIT1007 …/bad.onnx: the model has 100000 nodes, more than 20000. Allow as many with --max-nodes 100000.\n',
    );
    expect(await refused(chain(20), '--max-nodes', '19')).toBe(
      'error: AIT1007 …/bad.onnx: the model has 20 nodes, more than 19. Allow as many with --max-nodes 20.\n',
    );
    expect(await refused(chain(20), '--max-nodes', '0')).toBe(
      'error: --max-nodes takes a whole number from 1 to 2147483647, not "0"\n',
    );
    const { exitCode } = await compile(write(chain(20)), '--max-nodes', '20');
    expect(exitCode).toBe(0);
  }, 30_000);

  test('nested 10,000 deep', async () => {
    expect(await refused(nested(10_000))).toBe(
      'error: AIT1001 …/bad.onnx: the file nests graphs in graphs too deeply.\n',
    );
  });

  test('whose functions call each other in a circle', async () => {
    const call = (name: string) => ({ type: name, domain: 'd', inputs: ['v'], outputs: ['w'] });
    const body = (name: string, next: string) => ({
      domain: 'd',
      name,
      inputs: ['v'],
      outputs: ['w'],
      nodes: [call(next)],
    });
    const functions = [body('A', 'B'), body('B', 'C'), body('C', 'A')];
    const nodes = [{ type: 'A', domain: 'd', inputs: ['x'], outputs: ['y'] }];
    expect(await refused({ ...relu, functions, nodes })).toBe(
      'error: AIT1002 …/bad.onnx: the function "d:A" calls itself.\n',
    );
  });

  test('with an attribute string of 10 MB', async () => {
    const long = 'y'.repeat(10 * 2 ** 20);
    const pool = (attributes: Record<string, string | readonly number[]>): TestModel => ({
      ...relu,
      inputs: { x: [1, 1, 4, 4] },
      nodes: [{ type: 'MaxPool', name: 'pool', inputs: ['x'], outputs: ['y'], attributes }],
    });
    const shown = `${'y'.repeat(80)}…`;
    expect(await refused(pool({ kernel_shape: [2, 2], auto_pad: long }))).toBe(
      `error: AIT1002 MaxPool "pool": auto_pad "${shown}" does not exist.\n`,
    );
    expect(await refused(pool({ kernel_shape: [2, 2], [long]: 'x' }))).toBe(
      `error: 1 node is not supported\nnote: AIT1005 MaxPool "pool": attribute "${shown}" is not supported.\n`,
    );
    const pad = { type: 'Pad', name: 'pad', inputs: ['x', 'p'], outputs: ['y'], attributes: { mode: long } };
    expect(await refused({ ...relu, initializers: { p: zeros('i64', [4]) }, nodes: [pad] })).toBe(
      `error: 1 node is not supported\nnote: AIT1005 Pad "pad": mode "${shown}".\n`,
    );
  });
});

describe('files', () => {
  test('of 3 GB', async () => {
    const path = write(new Uint8Array(1), 'huge.onnx');
    truncateSync(path, 3e9);
    expect(await compile(path)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: "…/huge.onnx" is larger than 2 GiB\nhint: store the weights of a large model as external data\n',
    });
  });

  test('that are pipes', async () => {
    const pipe = join(folder, 'pipe.onnx');
    await runProcess(['mkfifo', pipe]);
    expect((await compile(pipe)).stderr).toBe('error: "…/pipe.onnx" is a special file, not a model file\n');
  });

  const data = (location: string): TestModel => ({
    ...added,
    tensor: ({ raw_data: _, ...message }) => ({
      ...message,
      data_location: 1,
      external_data: [{ key: 'location', value: location }],
    }),
  });

  test('external data that is no ordinary file or lies elsewhere', async () => {
    await runProcess(['mkfifo', join(folder, 'pipe')]);
    mkdirSync(join(folder, 'folder'));
    symlinkSync('/etc', join(folder, 'link'));
    symlinkSync('/dev/zero', join(folder, 'zero'));
    const outside = (location: string): string =>
      `error: external data ${JSON.stringify(location)} lies outside the model's folder\n`;
    expect(await refused(data('pipe'))).toBe('error: external data "pipe" is no ordinary file\n');
    expect(await refused(data('folder'))).toBe('error: external data "folder" is no ordinary file\n');
    for (const location of ['..', '../secret', '/etc/passwd', 'link/passwd', 'zero']) {
      expect(await refused(data(location))).toBe(outside(location));
    }
  }, 30_000);
});

describe('names', () => {
  const wild = 'a"; system("id"); //\n*/\n#error "\\\' ?\u001b[31m ??/ %s %n ${x} $(id) `id`';

  test('that are code reach C as text only', async () => {
    const model: TestModel = {
      inputs: { [wild]: [2, 3] },
      name: wild,
      initializers: { [`${wild}w`]: filled([2, 3], 1) },
      nodes: [{ type: 'Add', name: wild, inputs: [wild, `${wild}w`], outputs: [`${wild}y`] }],
      outputs: [`${wild}y`],
    };
    const { exitCode, stderr } = await compile(write(encodeModel(model)));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: '…/out: 1 layers, weights 0.00 MB, arena 0.00 MB (at least 0.00 MB)\n',
    });
    const source = readFileSync(join(output, 'src/bad.c'), 'utf8');
    expect(source).not.toMatch(/^\s*#error|^\*\/|^\s*system/m);
    // Trigraphs, line ends and escapes cannot take a string apart.
    expect(source).not.toContain('??/');
    expect(source).not.toContain('\u001b');
  });

  test.each([
    [
      'a NUL in an input',
      { ...relu, inputs: { 'x\0y': [1] } },
      'error: AIT1002 …/bad.onnx: the name of input "x\\u0000y" holds a NUL character.\n',
    ],
    [
      'a NUL in an output',
      { ...relu, nodes: [{ type: 'Relu', inputs: ['x'], outputs: ['y\0z'] }], outputs: ['y\0z'] },
      'error: AIT1002 …/bad.onnx: the name of output "y\\u0000z" holds a NUL character.\n',
    ],
    [
      'code in an operator',
      { ...relu, nodes: [{ type: 'Relu(); //\n"', name: wild, inputs: ['x'], outputs: ['y'] }] },
      'error: 1 node is not supported\n' + `note: AIT1005 Relu???????? ${shown()}: the operator is not supported.\n`,
    ],
    [
      'code in a domain',
      { ...relu, nodes: [{ type: 'Relu', name: 'r', domain: 'x"\n*/\0', inputs: ['x'], outputs: ['y'] }] },
      'error: 1 node is not supported\n' +
        'note: AIT1005 Relu "r": the operator domain "x\\"\\n*/\\u0000" is not supported.\n',
    ],
    [
      'a name of 10 MB',
      { ...relu, inputs: { ['x'.repeat(10 * 2 ** 20)]: [1] } },
      'error: AIT1002 …/bad.onnx: the name of input 0 is longer than 1000 characters.\n',
    ],
  ] as const)('%s', async (_, model, stderr) => {
    expect(await refused(model)).toBe(stderr);
  });

  test('a NUL inside', async () => {
    const nodes = [
      { type: 'Relu', name: 'a\0b', inputs: ['x'], outputs: ['h\0i'] },
      { type: 'Neg', inputs: ['h\0i'], outputs: ['y'] },
      { type: 'Sigmoid', inputs: ['h\0i'], outputs: ['z'] },
    ];
    const { exitCode } = await compile(write(encodeModel({ ...relu, nodes, outputs: ['y', 'z'] })));
    expect(exitCode).toBe(0);
    expect(readFileSync(join(output, 'src/bad.c')).includes(0)).toBe(false);
  });

  /** The wild name as messages show it. */
  function shown(): string {
    return JSON.stringify(wild);
  }
});

test('weights that are no numbers compile, with a warning', async () => {
  const model = { ...added, initializers: { w: tensorF32([2, 3], [NaN, Infinity, -Infinity, 1, 2, 3]) } };
  const { exitCode, stderr } = await compile(write(encodeModel(model)));
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr:
      'warning: AIT1101 …/bad.onnx: constants hold NaN or infinity: "w" (3 of 6).\n' +
      '…/out: 1 layers, weights 0.00 MB, arena 0.00 MB (at least 0.00 MB)\n',
  });
});

/** A model whose graph holds a node with an attribute with a graph with a node …; written by hand, the codec refuses. */
function nested(levels: number): Uint8Array {
  const heads: Uint8Array[] = [];
  let length = 0;
  const wrap = (field: number): void => {
    const head = Uint8Array.of((field << 3) | 2, ...varint(length));
    heads.push(head);
    length += head.length;
  };
  // AttributeProto.g, NodeProto.attribute, GraphProto.node
  for (let level = 0; level < levels; level++) for (const field of [6, 5, 1]) wrap(field);
  wrap(7);
  const rest = onnx.ModelProto.encode({ ir_version: 8, opset_import: [{ version: 17 }] }).finish();
  return Uint8Array.from([...rest, ...heads.reverse().flatMap((head) => [...head])]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
