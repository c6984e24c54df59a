import {
  flag,
  grouped,
  loadModel,
  megabytes,
  MODEL_OPTIONS,
  stageFolder,
  text,
  UsageError,
  type Values,
  whole,
} from '@ait-rvv/command';
import { cIdentifier, compileGraph, isCIdentifier } from '@ait-rvv/codegen-core';
import { buildProgram } from '@ait-rvv/remote';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Context } from '../context.js';
import { createBackend } from '../wire.js';

export const compile: Command = {
  name: 'compile',
  positional: '<model>',
  summary: 'compile a model to a C program for RISC-V Vector',
  example: 'ait-rvv compile zoo:resnet18@64 -o out',
  options: {
    ...MODEL_OPTIONS,
    output: { type: 'string', alias: 'o', demandOption: true, describe: 'output folder' },
    target: { type: 'string', default: 'rvv', choices: ['rvv'], describe: 'code generation target' },
    emit: {
      type: 'string',
      default: 'exe',
      choices: ['c', 'lib', 'exe'],
      describe: 'sources only, shared library, or program',
    },
    name: { type: 'string', describe: 'C name of the model' },
    embed: { type: 'boolean', describe: 'put the weights into the program' },
    dtype: { type: 'string', default: 'f32', choices: ['f32'], describe: 'element type of the program' },
    threads: { type: 'string', default: '1', describe: 'threads of an inference unless it says otherwise' },
    march: { type: 'string', default: 'rv64gcv', describe: 'architecture for the C compiler' },
    cc: { type: 'string', describe: 'C compiler command' },
  },
  run: (values, context) => compileModel(String(values['model']), values, context),
};

async function compileModel(model: string, values: Values, context: Context): Promise<number> {
  const march = text(values, 'march') ?? 'rv64gcv';
  if (!/^rv64[a-z0-9_]+$/.test(march))
    throw new UsageError(`--march takes an architecture such as rv64gcv, not ${JSON.stringify(march)}`);
  const { graph, source, stem } = loadModel(model, values, context.log);
  const name = chosenName(text(values, 'name'), stem);
  const emit = text(values, 'emit') ?? 'exe';
  const embed = flag(values, 'embed');
  const threads = whole(values, 'threads', 1, 1024) ?? 1;
  const { schedule, bundle } = compileGraph(graph, createBackend(text(values, 'target') ?? 'rvv', march), {
    name,
    source,
    embed,
    threads,
  });
  // A missing toolchain is said before anything is written.
  const toolchain = emit === 'c' ? undefined : await context.toolchain();
  const output = text(values, 'output') ?? '';
  const staged = stageFolder(output);
  try {
    for (const [path, bytes] of bundle) {
      mkdirSync(dirname(join(staged.path, path)), { recursive: true });
      writeFileSync(join(staged.path, path), bytes);
    }
    const compiler = text(values, 'cc');
    if (toolchain !== undefined) {
      await buildProgram(staged.path, toolchain, {
        goal: emit === 'lib' ? 'lib' : 'exe',
        march,
        jobs: context.jobs,
        env: context.env,
        signal: context.signal,
        ...(compiler === undefined ? {} : { compiler }),
      });
    }
    staged.commit();
  } catch (error) {
    staged.abandon();
    throw error;
  }
  const { arenaBytes, lowerBound } = schedule.memory;
  const weights = bundle.get('weights.bin')?.length ?? 0;
  context.log(
    `${output}: ${grouped(schedule.steps.length)} layers, weights ${megabytes(weights)}, arena ${megabytes(arenaBytes)} ` +
      `(at least ${megabytes(lowerBound)})`,
  );
  return 0;
}

function chosenName(wish: string | undefined, stem: string): string {
  if (wish === undefined) return cIdentifier(stem);
  if (!isCIdentifier(wish)) {
    throw new UsageError(`--name takes a C identifier, not ${JSON.stringify(wish)}`, [
      `for example ${cIdentifier(wish)}`,
    ]);
  }
  return wish;
}
