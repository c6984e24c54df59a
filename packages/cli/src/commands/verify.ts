import {
  CheckError,
  flag,
  JSON_OPTION,
  real,
  reloadModel,
  table,
  text,
  type Values,
  whole,
  withScratch,
} from '@ait-rvv/command';
import { DEVICE_OPTIONS, timeoutOf } from '../device-options.js';
import { interpret, optimize, type Graph, type Tensor } from '@ait-rvv/ir';
import type { Argument } from '@ait-rvv/remote';
import { applyPlan, maskGraph, type Plan } from '@ait-rvv/pruning';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareTensors, type Comparison, type Tolerance } from '../compare.js';
import type { Command, Context } from '../context.js';
import { programOf, readManifest, readPlanOf, type Manifest } from '../program-folder.js';
import { makeInputs, readInputs, readTensors, tensorsFile } from '../tensors.js';
import { openDevice, runOnDevice } from '../wire.js';

export const verify: Command = {
  name: 'verify',
  positional: '<dir>',
  summary: 'run a compiled program and compare it with the reference',
  example: 'ait-rvv verify out --device qemu:vlen=512',
  options: {
    ...DEVICE_OPTIONS,
    ...JSON_OPTION,
    model: { type: 'string', describe: 'the model, if it has moved since it was compiled' },
    reference: { type: 'string', default: 'interpreter', describe: 'interpreter, or the expected outputs as .npz' },
    input: { type: 'string', describe: 'inputs by tensor name, .npz; default: seeded random' },
    seed: { type: 'string', default: '0', describe: 'of the random inputs' },
    rtol: { type: 'string', default: '1e-4', describe: "tolerance as a part of an output's largest magnitude" },
    atol: { type: 'string', default: '0', describe: 'absolute tolerance, added' },
    threads: { type: 'string', describe: 'threads of the inference (default: as compiled)' },
    layers: { type: 'boolean', describe: 'compare every layer, not only the outputs' },
  },
  run: (values, context) => verifyProgram(String(values['dir']), values, context),
};

interface Reference {
  /** The imported graph, with the plan's masks applied. */
  readonly outputs: Graph;
  /** The same with channels in the plan's order, as the program has them. */
  readonly layers: Graph;
}

interface Work {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tolerance: Tolerance;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** What the program must compute, output by output and layer by layer; undefined when expected outputs are given. */
  readonly reference: Reference | undefined;
  /** Runs the program on the inputs with these further arguments. */
  readonly execute: (argv: readonly Argument[]) => Promise<unknown>;
  readonly scratch: string;
}

async function verifyProgram(folder: string, values: Values, context: Context): Promise<number> {
  const manifest = readManifest(folder);
  const program = programOf(folder, manifest);
  const tolerance = { relative: real(values, 'rtol', 1e-4), absolute: real(values, 'atol', 0) };
  const threads = whole(values, 'threads', 1, 1024) ?? manifest.threads;
  const seed = whole(values, 'seed', 0, 2 ** 31 - 1) ?? 0;
  const input = text(values, 'input');
  const reference = text(values, 'reference') ?? 'interpreter';
  const loaded =
    reference === 'interpreter'
      ? reloadModel(manifest.source, text(values, 'model') ?? manifest.source.model)
      : undefined;
  const inputs = input === undefined ? makeInputs(manifest.inputs, 'random', seed) : readInputs(input, manifest.inputs);
  const executor = await openDevice(text(values, 'device') ?? 'qemu', values, context);
  try {
    return await withScratch(async (scratch) => {
      const file = join(scratch, 'input.npz');
      writeFileSync(file, tensorsFile(inputs));
      const execute = (more: readonly Argument[]) => {
        const args = ['--input', { input: file }, '--threads', String(threads), ...more];
        return runOnDevice(executor, { folder, manifest, program, args }, context, { timeoutMs: timeoutOf(values) });
      };
      const graphs = loaded === undefined ? undefined : referenceOf(loaded.graph, readPlanOf(folder, manifest));
      const work = { folder, manifest, tolerance, inputs, reference: graphs, execute, scratch };
      const expected = graphs === undefined ? readTensors(reference) : interpret(graphs.outputs, inputs);
      const outputs = await compareOutputs(work, expected);
      const failed = outputs.filter((one) => !one.passed);
      const layers =
        graphs !== undefined && (failed.length > 0 || flag(values, 'layers'))
          ? await compareLayers(work, graphs.layers)
          : [];
      report(outputs, layers, flag(values, 'json'), context);
      const first = layers.find((layer) => !layer.passed);
      if (failed.length === 0 && first === undefined) return 0;
      const layer =
        first === undefined ? [] : [`the first layer that diverges is ${layerOf(manifest, first.name)}: ${first.text}`];
      throw new CheckError(
        failed.length === 0
          ? 'layers differ from the reference'
          : `output ${JSON.stringify(failed[0]?.name)} differs from the reference: ${failed[0]?.text ?? ''}`,
        layer,
      );
    });
  } finally {
    await executor.close();
  }
}

function referenceOf(graph: Graph, plan: Plan | undefined): Reference {
  if (plan === undefined) return { outputs: graph, layers: graph };
  const optimized = optimize(graph);
  const outputs = maskGraph(graph, plan, optimized);
  return { outputs, layers: plan.permutations.length === 0 ? outputs : applyPlan(graph, plan, optimized) };
}

async function compareOutputs(
  { scratch, execute, manifest, tolerance }: Work,
  expected: ReadonlyMap<string, Tensor>,
): Promise<readonly Comparison[]> {
  const output = join(scratch, 'output.npz');
  await execute(['--output', { output }]);
  const actual = readTensors(output);
  return manifest.outputs.map(({ name }) => compareTensors(name, actual.get(name), expected.get(name), tolerance));
}

/** Every layer whose result has a counterpart in the imported graph, in the order of execution. */
async function compareLayers(
  { scratch, execute, inputs, tolerance }: Work,
  reference: Graph,
): Promise<readonly Comparison[]> {
  const file = join(scratch, 'layers.npz');
  await execute(['--layers', { output: file }]);
  const actual = readTensors(file);
  const expected = new Map<string, Tensor>();
  interpret(reference, inputs, {
    observe: (_, id, tensor) => {
      const name = reference.values[id]?.name;
      if (name !== undefined && actual.has(name)) expected.set(name, tensor);
    },
  });
  return [...actual].flatMap(([name, tensor]) => {
    const reference = expected.get(name);
    return reference === undefined ? [] : [compareTensors(name, tensor, reference, tolerance)];
  });
}

function layerOf(manifest: Manifest, value: string): string {
  return (
    manifest.layers.find((layer) => layer.outputs.some((output) => output.name === value))?.text ??
    JSON.stringify(value)
  );
}

function report(outputs: readonly Comparison[], layers: readonly Comparison[], json: boolean, context: Context): void {
  const plain = ({ name, passed, error, largest }: Comparison) => ({ name, passed, error, largest });
  if (json) {
    const passed = [...outputs, ...layers].every((one) => one.passed);
    context.print(JSON.stringify({ schemaVersion: 1, passed, outputs: outputs.map(plain), layers: layers.map(plain) }));
    return;
  }
  const row = (kind: string, { name, error, largest, passed }: Comparison): string[] => [
    kind,
    name,
    error.toExponential(2),
    largest.toExponential(2),
    passed ? 'ok' : 'differs',
  ];
  const rows = [...layers.map((one) => row('layer', one)), ...outputs.map((one) => row('output', one))];
  context.print(table(['', 'tensor', 'max error', 'largest', ''], rows));
}
