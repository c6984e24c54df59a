import { readNpz } from '@ait-rvv/ir/weights';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnnxRuntime } from '../testing/onnx-runtime.mjs';
import { aitRvv, root } from './ait-rvv.mjs';
import { bestClasses, compareOutputs } from './outputs.mjs';
import { printTable } from './table.mjs';

const RATIO = '0.5';

/**
 * Prunes the model into an ONNX file, compiles that file (its sparsity is found again), and shows both programs side by
 * side. `dense`: the folder and the output of the program that was not pruned.
 */
export async function comparePruned({ model, inputs, input, device, dense }) {
  console.log(`\nThe same network, half of the columns of its weights pruned\n`);
  const [plan, pruned, folder] = ['out/resnet18-plan.json', 'out/resnet18-pruned.onnx', 'out/resnet18-pruned'];
  aitRvv(['prune', model, '--ratio', RATIO, '-o', plan, '--apply', pruned]);
  aitRvv(['compile', pruned, '-o', folder]);
  const file = join(folder, 'output.npz');
  aitRvv(['run', folder, '--device', device, '--input', input, '--output', file]);
  const output = [...readNpz(readFileSync(join(root, file))).values()][0];
  compareOutputs(output, [...(await runOnnxRuntime(join(root, pruned), inputs)).values()][0]);
  const [before, after] = [dense.folder, folder].map((one) => figures(one, device));
  const shared = bestClasses(output).filter((each) => bestClasses(dense.output).includes(each)).length;
  console.log();
  printTable(
    ['ResNet-18', 'dense', `pruned ${RATIO}`, 'of dense'],
    [
      ['multiply-adds, millions', ...side(before.multiplyAdds, after.multiplyAdds, 1e6)],
      ['instructions, millions', ...side(before.instructions, after.instructions, 1e6)],
      ['weights, MB', ...side(before.weights, after.weights, 1e6)],
      ['arena, MB', ...side(before.arena, after.arena, 1e6)],
      ['five best classes', bestClasses(dense.output).join(' '), bestClasses(output).join(' '), `${shared} of 5`],
    ],
  );
  console.log(
    'The weights are random numbers, so that pruning changes the classes; trained ones are retrained under the masks.',
  );
}

function figures(folder, device) {
  const { total } = JSON.parse(aitRvv(['bench', folder, '--device', device, '--json'], { quiet: true }));
  const { memory } = JSON.parse(readFileSync(join(root, folder, 'manifest.json'), 'utf8'));
  return { ...total, weights: memory.weightBytes, arena: memory.arenaBytes };
}

function side(before, after, unit) {
  return [(before / unit).toFixed(1), (after / unit).toFixed(1), `${((100 * after) / before).toFixed(0)} %`];
}
