import { typeAt, type Graph, type Tensor } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { describe, expect, test } from 'vitest';
import { encodeModel, type TestModel } from '../../../ir/tests/onnx-model.js';
import { runOnnxRuntime } from '../../../../tools/testing/onnx-runtime.mjs';
import { OPERATOR_NETWORKS } from '../../../../tools/testing/operator-networks.js';
import { buildFolder, emitGraph, execute } from '../../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../../tools/testing/tensors.js';

async function check(
  graph: Graph,
  model: TestModel,
  run: (inputs: ReadonlyMap<string, Tensor>) => Promise<ReadonlyMap<string, Tensor>>,
): Promise<void> {
  const types = graph.outputs.map(({ name, value }) => [name, typeAt(graph, value).dtype] as const);
  const bytes = encodeModel({ ...model, types: { ...model.types, ...Object.fromEntries(types) } });
  const inputs = randomInputs(graph);
  const [ours, theirs] = [await run(inputs), await runOnnxRuntime(bytes, inputs)];
  for (const { name } of graph.outputs) expect(relativeError(ours.get(name), theirs.get(name))).toBeLessThan(1e-5);
}

const NETWORKS = Object.entries<TestModel>(OPERATOR_NETWORKS);

describe.each(NETWORKS)('a network of many operators agrees with ONNX Runtime: %s', (_, model) => {
  test('RVV, all vector lengths', async () => {
    const graph = importOnnx(encodeModel(model));
    const folder = emitGraph(graph);
    await buildFolder(folder);
    for (const vlen of [128, 256, 1024]) {
      const device = `qemu:vlen=${vlen},poison=true`;
      await check(graph, model, async (inputs) => (await execute(folder, device, inputs, 2)).outputs);
    }
  });
});

const xnnpack = xnnpackBackend();

test.each(['transformer', 'pictures'] as const)('XNNPACK and portable kernels agree, too: %s', async (name) => {
  const { [name]: model } = OPERATOR_NETWORKS;
  const graph = importOnnx(encodeModel(model));
  const folder = emitGraph(graph, { backend: xnnpack });
  await buildFolder(folder, { backend: xnnpack, scalar: true });
  await check(graph, model, async (inputs) => (await execute(folder, 'local', inputs, 2)).outputs);
});

test('the XNNPACK target refuses to compute with whole numbers', () => {
  expect(() => emitGraph(importOnnx(encodeModel(OPERATOR_NETWORKS.indices)), { backend: xnnpack })).toThrow(
    /portable_elementwise: element type i64 is not supported at run time/,
  );
});
