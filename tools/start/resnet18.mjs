import { exportOnnx } from '@ait-rvv/ir/onnx';
import { readNpz, seedFor, RandomSource, writeNpz } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnnxRuntime } from '../testing/onnx-runtime.mjs';
import { aitRvv, root, StepFailed } from './ait-rvv.mjs';
import { printTable } from './table.mjs';

const SHAPE = [1, 3, 224, 224];
/** As a part of the output's largest magnitude. */
const TOLERANCE = 1e-4;

/** Takes ResNet-18 from an ONNX file to a program on the emulated board and compares its output with ONNX Runtime. */
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
  compare(actual, expected);
  process.stdout.write(`\n${aitRvv(['bench', folder, '--device', device])}`);
}

function compare(actual, expected) {
  let error = 0;
  let largest = 0;
  expected.data.forEach((want, i) => {
    error = Math.max(error, Math.abs(want - actual.data[i]));
    largest = Math.max(largest, Math.abs(want));
  });
  const rank = ({ data }) => [...data.keys()].sort((a, b) => data[b] - data[a]).slice(0, 5);
  console.log();
  printTable(
    ['compared with ONNX Runtime', 'value'],
    [
      ['largest difference', error.toExponential(2)],
      ['largest output', largest.toFixed(3)],
      ['difference / largest output', (error / largest).toExponential(2)],
      ['allowed', TOLERANCE.toExponential(0)],
      ['five best classes, board', rank(actual).join(' ')],
      ['five best classes, ONNX Runtime', rank(expected).join(' ')],
    ],
  );
  // Written so that a NaN fails too.
  if (!(error <= TOLERANCE * largest)) throw new StepFailed('the output differs from that of ONNX Runtime', 1);
}
