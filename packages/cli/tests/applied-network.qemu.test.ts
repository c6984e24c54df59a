import { exportOnnx } from '@ait-rvv/ir/onnx';
import { writeNpz } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { onnxOracle } from '../../../tools/testing/oracle.js';
import { readTensors } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';
import { commandLine } from './command-line.js';

const graph = buildZooModel(parseZooReference('zoo:resnet18@224'));
const inputs = randomInputs(graph);

describe.each([0.5, 0.75])('ResNet-18 at 224, pruned by %d', (ratio) => {
  test('the pruned file answers the same here and in ONNX Runtime, compiled without its plan', async () => {
    const folder = scratchFolder();
    const [model, pruned, program] = ['model.onnx', 'pruned.onnx', 'program'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(model, exportOnnx(graph));
    const plan = ['-o', join(folder, 'plan.json'), '--apply', pruned];
    expect((await commandLine(['prune', model, '--ratio', String(ratio), ...plan])).exitCode).toBe(0);
    expect((await commandLine(['compile', pruned, '-o', program])).exitCode).toBe(0);

    const { kernels, bytes } = readManifest(program);
    // The sparsity was found again: without it all weights would be stored.
    expect(kernels.filter((kernel) => kernel.endsWith('_cnm')).length).toBeGreaterThan(15);
    expect(bytes).toBeLessThan((1.16 - ratio) * 46.8e6);

    const { output, tolerance } = await onnxOracle(readFileSync(pruned), inputs)();
    const [input, answer] = [join(folder, 'input.npz'), join(folder, 'output.npz')];
    writeFileSync(input, writeNpz(inputs));
    const run = ['run', program, '--device', 'qemu:vlen=256', '--input', input, '--output', answer];
    expect((await commandLine(run)).exitCode).toBe(0);
    expect(relativeError(readTensors(answer).get('output'), output)).toBeLessThan(tolerance);
  });
});

function readManifest(folder: string): { readonly kernels: readonly string[]; readonly bytes: number } {
  const { layers, memory } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    readonly layers: readonly { readonly kernel: string }[];
    readonly memory: { readonly weightBytes: number };
  };
  return { kernels: layers.map(({ kernel }) => kernel), bytes: memory.weightBytes };
}
