import { interpret } from '@ait-rvv/ir';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { FULL, sample } from '../../../tools/testing/full.js';
import { onnxOracle } from '../../../tools/testing/oracle.js';
import { buildFolder, emitGraph, execute, VLENS } from '../../../tools/testing/programs.js';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';

interface Network {
  /** Zoo reference. */
  readonly zoo: string;
  /** As the DSL builds it, or written as ONNX and read again. */
  readonly form: 'DSL' | 'ONNX';
  readonly runs: readonly Run[];
}

interface Run {
  readonly vlen: number;
  readonly threads: number;
}

const GRID: readonly Run[] = VLENS.flatMap((vlen) => [1, 2, 3].map((threads) => ({ vlen, threads })));

/** Every network at 64x64; the short run takes a diagonal of the grid that still meets every VLEN and team size. */
const SMALL = [
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
  'mobilenet_v2',
  'densenet121',
  'squeezenet1_1',
];
const SHORT = new Set(['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121', 'squeezenet1_1']);

const networks: readonly Network[] = [
  ...SMALL.filter((name) => FULL || SHORT.has(name)).map((name, index) => ({
    zoo: `zoo:${name}@64`,
    runs: sample(GRID, 5, index % 5),
  })),
  { zoo: 'zoo:resnet18@64?batch=3', runs: sample(GRID, 6, 1) },
  { zoo: 'zoo:mobilenet_v2@96?batch=2', runs: sample(GRID, 6, 4) },
  ...(FULL ? ['zoo:resnet18@224', 'zoo:mobilenet_v2@224'].map((zoo) => ({ zoo, runs: GRID })) : []),
].flatMap(({ zoo, runs }, index): Network[] => [
  { zoo, form: 'ONNX', runs },
  ...(FULL || index === 0 ? [{ zoo, form: 'DSL' as const, runs }] : []),
]);

describe.each(networks)('$zoo, $form form', ({ zoo, form, runs }) => {
  const graph = buildZooModel(parseZooReference(zoo));
  const onnx = exportOnnx(graph);
  const inputs = randomInputs(graph);
  const oracle = onnxOracle(onnx, inputs);

  test('the interpreter agrees with ONNX Runtime', async () => {
    const { output } = await oracle();
    expect(relativeError(interpret(graph, inputs).get('output'), output)).toBeLessThan(1e-5);
  });

  const build = async (): Promise<string> => {
    const emitted = emitGraph(form === 'DSL' ? graph : importOnnx(onnx));
    await buildFolder(emitted);
    return emitted;
  };
  let built: Promise<string> | undefined;

  test.each(runs)('agrees with ONNX Runtime at VLEN $vlen, $threads threads', async ({ vlen, threads }) => {
    const { output, tolerance } = await oracle();
    const { outputs } = await execute(await (built ??= build()), `qemu:vlen=${vlen},poison=true`, inputs, threads);
    expect(relativeError(outputs.get('output'), output)).toBeLessThanOrEqual(tolerance);
  });
});
