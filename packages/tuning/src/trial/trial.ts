import { emitProgram, scheduleGraph, type Backend, type Bundle } from '@ait-rvv/codegen-core';
import { outputOf, valueAt, type Tensor } from '@ait-rvv/ir';
import { readNpz, writeNpz } from '@ait-rvv/ir/weights';
import { RemoteError, type MemoryFigures } from '@ait-rvv/remote';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Choice } from '../layers/candidates.js';
import type { Layer } from '../layers/layer.js';
import { expectedResult, findDifference } from './check.js';
import type { TrialDevice, TrialRun } from './device.js';
import { sampleLayer, scaledCost, type Sample } from './sample.js';
import { randomTensor, trialGraph, type TrialGraph } from './trial-graph.js';
import { PROGRAM, type Workshop } from './workshop.js';

export interface TrialContext {
  readonly backend: Backend;
  readonly workshop: Workshop;
  readonly device: TrialDevice;
  /** Programs and their results go into folders of their own in this one. */
  readonly scratch: string;
  /** Multiply-adds of the largest sample. */
  readonly mostWork: number;
  readonly signal: AbortSignal;
}

/** What became of one choice. `memory` is of the sample as it was run, not scaled up as `cost` is. */
export type TrialResult =
  | { readonly status: 'ok'; readonly cost: number; readonly detail: string; readonly memory?: MemoryFigures }
  | { readonly status: 'failed'; readonly detail: string };

/**
 * Computes a layer, or a sample of it, once by each choice in one program; compares every result with what the op means;
 * and measures those that are right. Results come in the order of `choices`. Throws RemoteError when it is not a choice
 * that fails, but the compiler, the device or the disk.
 */
export async function tryChoices(
  layer: Layer,
  choices: readonly Choice[],
  context: TrialContext,
): Promise<readonly TrialResult[]> {
  const results = new Map<Choice, TrialResult>();
  let left = choices;
  while (left.length > 0) {
    const round = await oneProgram(layer, left, context);
    for (const [choice, result] of round) results.set(choice, result);
    const open = left.filter((choice) => !results.has(choice));
    if (open.length === left.length) throw new Error('a trial told nothing');
    left = open;
  }
  return choices.map((choice) => results.get(choice) ?? { status: 'failed', detail: 'it was not tried' });
}

/** Results of some of the choices; the others are to be tried again without these. */
async function oneProgram(
  layer: Layer,
  choices: readonly Choice[],
  context: TrialContext,
): Promise<ReadonlyMap<Choice, TrialResult>> {
  const { backend, workshop, device, scratch, mostWork, signal } = context;
  const sample = sampleLayer(layer.graph, layer.node, mostWork);
  const trial = trialGraph(layer, sample, choices, backend);
  const untaken = choices.filter((_, index) => trial.nodes[index] === undefined);
  if (untaken.length > 0) return failures(untaken, 'the kernel does not take a part of the layer');
  const program = emitTrial(trial, backend, device.fingerprint.threads);
  const folder = mkdtempSync(join(scratch, 'trial-'));
  try {
    const built = await workshop.build(program.bundle, folder);
    if (built.status === 'refused') {
      const hit = choices.filter((_, index) => program.sources[index]?.includes(built.source) === true);
      if (hit.length === 0)
        throw new RemoteError('build-failed', `the C compiler refused ${built.source}; this is a bug of ait-rvv`, [
          built.message,
        ]);
      return failures(hit, `the C compiler refused it: ${built.message}`);
    }
    const inputs = inputsOf(trial);
    writeFileSync(join(folder, 'input.npz'), writeNpz(inputs));
    const request = { folder, signal };
    const early = await device.compute(request).catch((error: unknown) => crashed(error, choices.length));
    if (typeof early === 'string') {
      if (choices.length === 1) return failures(choices, early);
      return await isolated(layer, choices, context, early);
    }
    const wrong = findWrong(trial, choices, inputs, join(folder, 'output.npz'));
    if (early === undefined && wrong.size > 0) return wrong;
    const run = early ?? (await device.time(request));
    return new Map([...costs(choices, program, run, sample), ...wrong]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failures(choices: readonly Choice[], detail: string): ReadonlyMap<Choice, TrialResult> {
  return new Map(choices.map((choice) => [choice, { status: 'failed', detail }]));
}

/** Why a program ended badly, where the program may be at fault; other errors are the device's and go on. */
function crashed(error: unknown, _count: number): string {
  if (error instanceof RemoteError && error.code === 'device-failed') {
    return [error.message, ...error.hints].join('; ').slice(0, 300);
  }
  throw error;
}

/** Tries each choice in a program of its own. When none of them runs it is not for the choices. */
async function isolated(
  layer: Layer,
  choices: readonly Choice[],
  context: TrialContext,
  why: string,
): Promise<ReadonlyMap<Choice, TrialResult>> {
  const results = new Map<Choice, TrialResult>();
  for (const choice of choices) {
    for (const [own, result] of await oneProgram(layer, [choice], context)) results.set(own, result);
  }
  if ([...results.values()].every(({ status }) => status === 'failed'))
    throw new RemoteError('device-failed', `the device runs no trial program: ${why}`);
  return results;
}

interface TrialProgram {
  readonly bundle: Bundle;
  /** By choice: its step, the value the step completes, and its C files. */
  readonly steps: readonly number[];
  readonly values: readonly string[];
  readonly sources: readonly (readonly string[])[];
}

function emitTrial({ graph, selection, nodes }: TrialGraph, backend: Backend, threads: number): TrialProgram {
  const schedule = scheduleGraph(graph, selection, backend.join);
  const { id, target, platform = {} } = backend;
  const source = { model: PROGRAM, sha256: '', shapes: {} };
  const bundle = emitProgram(schedule, {
    name: PROGRAM,
    target: id,
    march: target.march,
    threads,
    source,
    embed: false,
    platform,
  });
  const steps = nodes.map((node) => schedule.steps.findIndex(({ layers }) => layers.some((one) => one.node === node)));
  return {
    bundle,
    steps,
    values: nodes.map((node) => (node === undefined ? '' : valueAt(graph, outputOf(node)).name)),
    sources: steps.map((step) => schedule.steps[step]?.instance.sources.map(({ rvv }) => rvv) ?? []),
  };
}

function inputsOf({ graph }: TrialGraph): ReadonlyMap<string, Tensor> {
  return new Map(
    graph.inputs.map((id) => [valueAt(graph, id).name, randomTensor(valueAt(graph, id).type, valueAt(graph, id).name)]),
  );
}

function findWrong(
  { graph, nodes, outputs }: TrialGraph,
  choices: readonly Choice[],
  inputs: ReadonlyMap<string, Tensor>,
  path: string,
): Map<Choice, TrialResult> {
  const actual = readNpz(readFileSync(path), (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size }));
  const [first] = nodes;
  if (first === undefined) return new Map();
  // All choices compute the same.
  const expected = expectedResult(graph, first, inputs);
  return new Map(
    choices.flatMap((choice, index) => {
      const difference = findDifference(actual.get(outputs[index] ?? ''), expected);
      return difference === undefined ? [] : [[choice, { status: 'failed', detail: difference }] as const];
    }),
  );
}

function costs(
  choices: readonly Choice[],
  { steps, values }: TrialProgram,
  run: TrialRun,
  sample: Sample,
): Map<Choice, TrialResult> {
  const detail = sample.part === sample.whole ? 'whole' : `${sample.part} of ${sample.whole} positions`;
  return new Map(
    choices.map((choice, index) => {
      const step = steps[index] ?? -1;
      const measured = run.costOf(step, values[index] ?? '');
      if (measured === undefined) throw new RemoteError('device-failed', 'the device has measured no cost of a step');
      const cost = Math.round(scaledCost(measured, sample, choice.candidate.parameters));
      const memory = run.memoryOf?.(step);
      return [choice, { status: 'ok', cost, detail, ...(memory === undefined ? {} : { memory }) }];
    }),
  );
}
