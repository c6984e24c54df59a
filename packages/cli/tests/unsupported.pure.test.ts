import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeModel, type TestModel } from '../../ir/tests/onnx-model.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { commandLine } from './command-line.js';

const folder = scratchFolder();

async function unsupported(model: TestModel, ...more: readonly string[]) {
  const file = join(folder, 'model.onnx');
  writeFileSync(file, encodeModel(model));
  return commandLine(['inspect', file, '--unsupported', ...more]);
}

const node = (type: string, name: string, input: string, output: string) => ({
  type,
  name,
  inputs: [input],
  outputs: [output],
});

const model: TestModel = {
  inputs: { x: [1, 3, 8, 8] },
  nodes: [
    node('Foo', 'f1', 'x', 'a'),
    node('Relu', 'r', 'a', 'b'),
    node('Bar', 'b1', 'b', 'c'),
    node('Foo', 'f2\u001b[31m', 'c', 'y'),
  ],
  outputs: ['y'],
};

test('lists every reason once, with the layers', async () => {
  expect(await unsupported(model)).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [
      '2 reasons, 3 layers',
      '',
      'Foo: the operator is not supported. (AIT1005)',
      '  "f1"',
      '  "f2\\u001b[31m"',
      '',
      'Bar: the operator is not supported. (AIT1005)',
      '  "b1"',
      '',
    ].join('\n'),
  });
});

test('as JSON', async () => {
  const { stdout } = await unsupported(model, '--json');
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    unsupported: [
      {
        code: 'AIT1005',
        operator: 'Foo',
        reason: 'the operator is not supported.',
        layers: ['f1', 'f2\u001b[31m'],
      },
      { code: 'AIT1005', operator: 'Bar', reason: 'the operator is not supported.', layers: ['b1'] },
    ],
  });
});

test('says when there is nothing', async () => {
  expect(await unsupported({ ...model, nodes: [node('Relu', 'r', 'x', 'y')] })).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: 'nothing stands in the way: every layer has a kernel\n',
  });
});

test('a file that is no model is an error all the same', async () => {
  writeFileSync(join(folder, 'noise.onnx'), 'noise');
  const { exitCode } = await commandLine(['inspect', join(folder, 'noise.onnx'), '--unsupported']);
  expect(exitCode).toBe(2);
});
