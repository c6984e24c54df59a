import { RV64GCV, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { FULL } from '../../../tools/testing/full.js';
import { onnxOracle } from '../../../tools/testing/oracle.js';
import { buildFolder, emitGraph, execute, VLENS } from '../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

/** How far from ONNX Runtime a network with Winograd convolutions may be, as a part of its output's largest magnitude. */
const TOLERANCE = 1e-3;

const backend = rvvBackend(RV64GCV, { winograd: true });

const RUNS = VLENS.map((vlen, index) => ({ vlen, threads: (index % 3) + 1 }));

describe.each(['zoo:resnet18@64', ...(FULL ? ['zoo:resnet18@224', 'zoo:resnet50@64?batch=2'] : [])])(
  '%s with Winograd convolutions',
  (zoo) => {
    const onnx = exportOnnx(buildZooModel(parseZooReference(zoo)));
    const graph = importOnnx(onnx);
    const inputs = randomInputs(graph);
    const oracle = onnxOracle(onnx, inputs);
    let built: Promise<string> | undefined;

    async function build(): Promise<string> {
      let kernels: readonly string[] = [];
      const folder = emitGraph(graph, {
        backend,
        select: (lowered) => {
          const selection = selectKernels(lowered, backend);
          kernels = [...selection.values()].map(({ kernel }) => kernel);
          return selection;
        },
      });
      expect(kernels.filter((kernel) => kernel === 'winograd').length).toBeGreaterThan(5);
      await buildFolder(folder);
      return folder;
    }

    test.each(FULL ? RUNS : RUNS.slice(1, 3))(
      'agrees with ONNX Runtime at VLEN $vlen, $threads threads',
      async ({ vlen, threads }) => {
        const { output } = await oracle();
        const { outputs } = await execute(await (built ??= build()), `qemu:vlen=${vlen},poison=true`, inputs, threads);
        expect(relativeError(outputs.get('output'), output)).toBeLessThanOrEqual(TOLERANCE);
      },
    );
  },
);
