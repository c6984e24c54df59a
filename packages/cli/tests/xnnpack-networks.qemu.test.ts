import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference, ZOO } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { FULL, sample } from '../../../tools/testing/full.js';
import { onnxOracle } from '../../../tools/testing/oracle.js';
import { buildFolder, emitGraph, execute } from '../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

const backend = xnnpackBackend();
const GRID = [128, 256, 512].flatMap((vlen) => [1, 2].map((threads) => ({ vlen, threads })));
const SHORT = ['resnet18', 'mobilenet_v2', 'densenet121', 'squeezenet1_1'];
const names = FULL ? Object.keys(ZOO) : SHORT;
const networks = [
  ...names.map((name, index) => ({ zoo: `zoo:${name}@64`, runs: sample(GRID, 6, (2 * index + 1) % 6) })),
  { zoo: 'zoo:mobilenet_v2@96?batch=2', runs: sample(GRID, 6, 4) },
  { zoo: 'zoo:resnet18@224', runs: sample(GRID, 6, 2) },
];

describe.each(networks)('$zoo on XNNPACK', ({ zoo, runs }) => {
  const graph = buildZooModel(parseZooReference(zoo));
  const onnx = exportOnnx(graph);
  const inputs = randomInputs(graph);
  const oracle = onnxOracle(onnx, inputs);

  const build = async (scalar: boolean): Promise<string> => {
    const folder = emitGraph(importOnnx(onnx), { backend });
    await buildFolder(folder, { backend, scalar });
    return folder;
  };
  let built: Promise<string> | undefined;

  test.each(runs)('agrees with ONNX Runtime at VLEN $vlen, $threads threads', async ({ vlen, threads }) => {
    const { output, tolerance } = await oracle();
    const { outputs } = await execute(await (built ??= build(false)), `qemu:vlen=${vlen}`, inputs, threads);
    expect(relativeError(outputs.get('output'), output)).toBeLessThanOrEqual(tolerance);
  });

  test("agrees with ONNX Runtime on this machine's library", async () => {
    const { output, tolerance } = await oracle();
    const { outputs } = await execute(await build(true), 'local', inputs, 2);
    expect(relativeError(outputs.get('output'), output)).toBeLessThanOrEqual(tolerance);
  });
});
