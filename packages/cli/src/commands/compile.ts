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
import { buildOnBoard, buildProgram } from '@ait-rvv/remote';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Context } from '../context.js';
import { CONNECT_OPTIONS } from '../device-options.js';
import { weightEncoding } from '../weight-encoding.js';
import { createBackend, openBoard } from '../wire.js';

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
    prune: { type: 'string', describe: 'drop this share of the columns of every layer that can be pruned' },
    plan: { type: 'string', describe: 'prune as this plan says (ait-rvv prune)' },
    name: { type: 'string', describe: 'C name of the model' },
    embed: { type: 'boolean', describe: 'put the weights into the program' },
    dtype: { type: 'string', default: 'f32', choices: ['f32'], describe: 'element type of the program' },
    threads: { type: 'string', default: '1', describe: 'threads of an inference unless it says otherwise' },
    march: { type: 'string', default: 'rv64gcv', describe: 'architecture for the C compiler' },
    cc: { type: 'string', describe: 'C compiler command' },
    build: {
      type: 'string',
      default: 'local',
      choices: ['local', 'remote'],
      describe: 'cross-compile here, or compile on the board that --device names',
    },
    device: { type: 'string', describe: 'the board that compiles with --build remote' },
    ...CONNECT_OPTIONS,
  },
  run: (values, context) => compileModel(String(values['model']), values, context),
};

async function compileModel(model: string, values: Values, context: Context): Promise<number> {
  const march = text(values, 'march') ?? 'rv64gcv';
  if (!/^rv64[a-z0-9_]+$/.test(march))
    throw new UsageError(`--march takes an architecture such as rv64gcv, not ${JSON.stringify(march)}`);
  const loaded = loadModel(model, values);
  const { graph, source, stem } = loaded;
  const name = chosenName(text(values, 'name'), stem);
  const emit = text(values, 'emit') ?? 'exe';
  const embed = flag(values, 'embed');
  const threads = whole(values, 'threads', 1, 1024) ?? 1;
  const { schedule, bundle } = compileGraph(graph, createBackend(text(values, 'target') ?? 'rvv', march), {
    name,
    source,
    embed,
    threads,
    ...weightEncoding(values, loaded),
  });
  // A missing toolchain is said before anything is written.
  const build = emit === 'c' ? undefined : await chooseBuild(values, context);
  const output = text(values, 'output') ?? '';
  const staged = stageFolder(output);
  try {
    for (const [path, bytes] of bundle) {
      mkdirSync(dirname(join(staged.path, path)), { recursive: true });
      writeFileSync(join(staged.path, path), bytes);
    }
    await build?.(staged.path, { goal: emit === 'lib' ? 'lib' : 'exe', march, name, files: [...bundle.keys()] });
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

interface BuildJob {
  readonly goal: 'exe' | 'lib';
  readonly march: string;
  readonly name: string;
  readonly files: readonly string[];
}

type Build = (folder: string, job: BuildJob) => Promise<void>;

/** Where the program is compiled: with the toolchain of this machine, or by a board. */
async function chooseBuild(values: Values, context: Context): Promise<Build> {
  const compiler = text(values, 'cc');
  const device = text(values, 'device');
  const { signal, env, jobs } = context;
  if (text(values, 'build') === 'remote') {
    if (device === undefined) throw new UsageError('--build remote needs --device, the board that compiles');
    const board = await openBoard(device, values, context);
    return async (folder, { goal, march, name, files }) => {
      const products = [goal === 'lib' ? `build/lib${name}.so` : `build/${name}`];
      try {
        await buildOnBoard(board, folder, { goal, march, products, files, compiler, signal });
      } finally {
        await board.close();
      }
    };
  }
  if (device !== undefined) throw new UsageError('--device of compile goes with --build remote');
  const toolchain = await context.toolchain();
  return (folder, { goal, march }) =>
    buildProgram(folder, toolchain, {
      goal,
      march,
      jobs,
      env,
      signal,
      ...(compiler === undefined ? {} : { compiler }),
    });
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
