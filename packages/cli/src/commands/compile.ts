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
import { cIdentifier, compileGraph, isCIdentifier, lower } from '@ait-rvv/codegen-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_OPTIONS, chooseBuild } from '../build-place.js';
import type { Command, Context } from '../context.js';
import { weightEncoding } from '../weight-encoding.js';
import { TUNING_OPTIONS, tunedChoice } from '../tuning/tuned-choice.js';
import { createBackend, TARGET_OPTION, WINOGRAD_OPTION } from '../wire.js';

export const compile: Command = {
  name: 'compile',
  positional: '<model>',
  summary: 'compile a model to a C program for RISC-V Vector',
  example: 'ait-rvv compile zoo:resnet18@64 -o out',
  options: {
    ...MODEL_OPTIONS,
    output: { type: 'string', alias: 'o', demandOption: true, describe: 'output folder' },
    ...TARGET_OPTION,
    emit: {
      type: 'string',
      default: 'exe',
      choices: ['c', 'lib', 'exe'],
      describe: 'sources only, shared library, or program',
    },
    prune: { type: 'string', describe: 'drop this share of the columns of every layer that can be pruned' },
    plan: { type: 'string', describe: 'prune as this plan says (ait-rvv prune)' },
    ...TUNING_OPTIONS,
    ...WINOGRAD_OPTION,
    name: { type: 'string', describe: 'C name of the model' },
    embed: { type: 'boolean', describe: 'put the weights into the program' },
    dtype: { type: 'string', default: 'f32', choices: ['f32'], describe: 'element type of the program' },
    threads: {
      type: 'string',
      default: '1',
      describe: 'threads the program is made for, and runs on unless told otherwise',
    },
    march: { type: 'string', default: 'rv64gcv', describe: 'architecture for the C compiler' },
    'per-layer': { type: 'boolean', describe: 'target xnnpack: a subgraph for every layer, to look at each' },
    ...BUILD_OPTIONS,
  },
  run: (values, context) => compileModel(String(values['model']), values, context),
};

async function compileModel(model: string, values: Values, context: Context): Promise<number> {
  const march = text(values, 'march') ?? 'rv64gcv';
  if (!/^rv64[a-z0-9_]+$/.test(march))
    throw new UsageError(`--march takes an architecture such as rv64gcv, not ${JSON.stringify(march)}`);
  const loaded = loadModel(model, values, context.log);
  const { graph, source, stem } = loaded;
  const name = chosenName(text(values, 'name'), stem);
  const emit = text(values, 'emit') ?? 'exe';
  const embed = flag(values, 'embed');
  const threads = whole(values, 'threads', 1, 1024) ?? 1;
  const options = { perLayer: flag(values, 'per-layer'), winograd: flag(values, 'winograd'), threads };
  const backend = createBackend(text(values, 'target') ?? 'rvv', march, options);
  const { choose, form, measure } = await tunedChoice(backend, threads, values, context);
  const tuned = choose === undefined ? {} : { choose };
  const encoding = weightEncoding(values, loaded, measure);
  const chosen = form?.((one) => lower(graph, one, encoding)) ?? backend;
  const { schedule, bundle } = compileGraph(graph, chosen, { name, source, embed, threads, ...encoding, ...tuned });
  // A missing toolchain or library is said before anything is written.
  const build = emit === 'c' ? undefined : await chooseBuild(backend, values, context);
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
  const layers = schedule.steps.flatMap((step) => step.layers);
  context.log(
    `${output}: ${grouped(layers.length)} layers, weights ${megabytes(weights)}, arena ${megabytes(arenaBytes)} ` +
      `(at least ${megabytes(lowerBound)})`,
  );
  const portable = layers.filter(({ kernel }) => kernel.startsWith('portable_')).length;
  if (portable > 0)
    context.log(
      `note: ${grouped(portable)} of them in portable C, which inspect --why --target ${backend.id} explains`,
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
