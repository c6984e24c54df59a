import { RV64GCV, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend, type RvvOptions } from '@ait-rvv/codegen-rvv';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { FULL } from '../../../tools/testing/full.js';
import { onnxOracle } from '../../../tools/testing/oracle.js';
import { buildFolder, emitGraph, execute, VLENS } from '../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

/** A network under an option that leads to a kernel others do not have. */
interface Case {
  readonly zoo: string;
  readonly options: RvvOptions;
  readonly kernel: string;
  /** Layers it has at least. */
  readonly layers: number;
  /** How far from ONNX Runtime it may be, as a part of its output's largest magnitude. */
  readonly tolerance: number;
}

const winograd = (zoo: string): Case => ({
  ...{ zoo, options: { winograd: true }, kernel: 'winograd', layers: 6, tolerance: 1e-3 },
});
const separable = (zoo: string): Case => ({
  ...{ zoo, options: { threads: 8 }, kernel: 'separable', layers: 2, tolerance: 1e-4 },
});

const onPitch = (zoo: string, layers: number): Case => ({
  ...{ zoo, options: { pitch: 0 }, kernel: 'conv_direct', layers, tolerance: 1e-4 },
});

const CASES = [
  winograd('zoo:resnet18@64'),
  separable('zoo:mobilenet_v2@112?batch=4'),
  // All but the first layer.
  onPitch('zoo:resnet18@64', 19),
  ...(FULL
    ? [
        winograd('zoo:resnet18@224'),
        winograd('zoo:resnet50@64?batch=2'),
        separable('zoo:mobilenet_v2@224'),
        onPitch('zoo:resnet34@96?batch=2', 35),
        onPitch('zoo:resnet50@64', 16),
      ]
    : []),
];

const RUNS = VLENS.map((vlen, index) => ({ vlen, threads: 2 * index + 1 }));

describe.each(CASES)('$zoo with kernel $kernel', ({ zoo, options, kernel, layers, tolerance }) => {
  const onnx = exportOnnx(buildZooModel(parseZooReference(zoo)));
  const graph = importOnnx(onnx);
  const inputs = randomInputs(graph);
  const oracle = onnxOracle(onnx, inputs);
  const backend = rvvBackend(RV64GCV, options);
  let built: Promise<string> | undefined;

  async function build(): Promise<string> {
    let kernels: readonly string[] = [];
    const folder = emitGraph(graph, {
      backend,
      select: (lowered) => {
        const selection = selectKernels(lowered, backend);
        kernels = [...selection.values()].map((candidate) => candidate.kernel);
        return selection;
      },
    });
    expect(kernels.filter((one) => one === kernel).length).toBeGreaterThanOrEqual(layers);
    await buildFolder(folder);
    return folder;
  }

  test.each(FULL ? RUNS : RUNS.slice(1, 3))(
    'agrees with ONNX Runtime at VLEN $vlen, $threads threads',
    async ({ vlen, threads }) => {
      const { output } = await oracle();
      const { outputs } = await execute(await (built ??= build()), `qemu:vlen=${vlen},poison=true`, inputs, threads);
      expect(relativeError(outputs.get('output'), output)).toBeLessThanOrEqual(tolerance);
    },
  );
});
