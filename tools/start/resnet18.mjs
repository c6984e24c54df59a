import { exportOnnx } from '@ait-rvv/ir/onnx';
import { readNpz, seedFor, RandomSource, writeNpz } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnnxRuntime } from '../testing/onnx-runtime.mjs';
import { aitRvv, root } from './ait-rvv.mjs';
import { compareOutputs } from './outputs.mjs';
import { comparePruned } from './pruned.mjs';

const SHAPE = [1, 3, 224, 224];

/** Takes ResNet-18, dense and pruned, from an ONNX file to a program on the emulated board and compares with ONNX Runtime. */
export async function runResnet18(device) {
  console.log(`\nResNet-18: [${SHAPE.join(', ')}], seeded weights, from an ONNX file to the board\n`);
  const folder = 'out/resnet18';
  mkdirSync(join(root, 'out'), { recursive: true });
  const model = 'out/resnet18.onnx';
  writeFileSync(join(root, model), exportOnnx(buildZooModel(parseZooReference('zoo:resnet18'))));
  aitRvv(['optimize', model, '-o', 'out/resnet18-optimized.onnx']);
  aitRvv(['compile', model, '-o', folder]);

  const data = new RandomSource(seedFor(0, 'input')).fill(
    SHAPE.reduce((a, b) => a * b),
    -1,
    1,
  );
  const inputs = new Map([['input', { dtype: 'f32', shape: SHAPE, data }]]);
  const [input, output] = ['input.npz', 'output.npz'].map((name) => join(folder, name));
  writeFileSync(join(root, input), writeNpz(inputs));
  aitRvv(['run', folder, '--device', device, '--input', input, '--output', output]);
  const expected = [...(await runOnnxRuntime(join(root, model), inputs)).values()][0];
  const actual = [...readNpz(readFileSync(join(root, output))).values()][0];
  compareOutputs(actual, expected);
  process.stdout.write(`\n${aitRvv(['bench', folder, '--device', device])}`);
  await comparePruned({ model, inputs, input, device, dense: { folder, output: actual } });
}
