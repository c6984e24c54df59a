import { compileGraph } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { externalReader } from '@ait-rvv/command';
import { CompileError } from '@ait-rvv/ir';
import { CONVERTERS, importOnnx } from '@ait-rvv/ir/onnx';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutateBytes } from '../mutate/bytes.mjs';
import { protobufMutator } from '../mutate/protobuf.mjs';
import { MODEL } from '../seeds/onnx-file.mjs';
import { onnxModels } from '../seeds/onnx-models.mjs';
import { operatorModels } from '../seeds/onnx-operators.mjs';

const ATTRIBUTES = [
  ...['axis', 'axes', 'kernel_shape', 'pads', 'strides', 'dilations', 'group', 'perm', 'to', 'mode', 'keepdims'],
  ...[
    'equation',
    'reduction',
    'largest',
    'num_groups',
    'blocksize',
    'coordinate_transformation_mode',
    'noop_with_empty_axes',
  ],
  ...['alpha', 'beta', 'epsilon', 'value', 'allowzero', 'ceil_mode', 'auto_pad', 'transA', 'transB', 'num_outputs'],
];
const mutateModel = protobufMutator(MODEL, [...Object.keys(CONVERTERS), ...ATTRIBUTES]);

/** What the open shapes of the seeds are fixed to. */
const SHAPES = new Map([['open', [1, 3, 4, 4]]]);

/** An ONNX file, imported and compiled to C as `ait-rvv compile` does. @type {import('./index.mjs').Format} */
export const onnx = {
  seeds: (folder) => [...onnxModels(), ...operatorModels(), ...(folder === undefined ? [] : modelsIn(folder))],
  mutate: (bytes, dice, other) => (dice.once(8) ? mutateBytes : mutateModel)(bytes, dice, other),
  prepare(folder) {
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(64));
    const options = { name: 'fuzz', external: externalReader(folder), warn: () => undefined };
    return (bytes) => {
      const graph = importFixing(bytes, options);
      const source = { model: 'fuzz.onnx', sha256: '', shapes: {} };
      compileGraph(graph, rvvBackend(), { name: 'fuzz', source, embed: false });
    };
  },
};

/** Larger files make few cases a second. */
const LARGEST_SEED = 10_000;

/** `model.onnx` of every folder in the folder, as the ONNX project's node tests lie. */
function modelsIn(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, 'model.onnx'))
    .filter((path) => existsSync(path) && statSync(path).size <= LARGEST_SEED)
    .map((path) => Uint8Array.from(readFileSync(path)));
}

function importFixing(bytes, options) {
  try {
    return importOnnx(bytes, options);
  } catch (error) {
    const isOpen = error instanceof CompileError && error.diagnostics.some(({ code }) => code === 'AIT1003');
    if (!isOpen) throw error;
    return importOnnx(bytes, { ...options, shapes: SHAPES });
  }
}
