import {
  grouped,
  JSON_OPTION,
  loadModel,
  MODEL_OPTIONS,
  flag,
  table,
  text,
  whole,
  type Values,
} from '@ait-rvv/command';
import { distinctLayers, parametersText, tuneLayers, type LayerSearch } from '@ait-rvv/tuning';
import type { Command, Context } from '../context.js';
import { DEVICE_OPTIONS } from '../device-options.js';
import { parseBudget } from '../tuning/budget.js';
import { tunedGraphs, TUNED_GRAPH_OPTIONS } from '../tuning/graphs.js';
import { tuneProgress } from '../tuning/progress.js';
import { writeSummary } from '../tuning/summary.js';
import { withWorkplace } from '../tuning/workplace.js';
import { createBackend, WINOGRAD_OPTION } from '../wire.js';

export const tune: Command = {
  name: 'tune',
  positional: '<model>',
  summary: 'measure which kernel is best for every layer, and keep the measurements',
  example: 'ait-rvv tune zoo:resnet18 --device sim:spacemit-x60 --prune 0.5 -o tuning.db',
  options: {
    ...MODEL_OPTIONS,
    ...JSON_OPTION,
    output: { type: 'string', alias: 'o', demandOption: true, describe: 'file of measurements, made or added to' },
    ...DEVICE_OPTIONS,
    device: {
      type: 'string',
      default: 'sim:spacemit-x60',
      describe: 'where to measure: sim:spacemit-x60, local, a board, or several of one kind: a,b',
    },
    ...TUNED_GRAPH_OPTIONS,
    ...WINOGRAD_OPTION,
    summary: { type: 'string', describe: 'write what each parameter costs, dense and pruned: .json' },
    markdown: { type: 'string', describe: 'the same for reading' },
    budget: { type: 'string', describe: 'choices of each layer, or time: 12, 90s, 10m (default: until none can win)' },
    threads: { type: 'string', default: '1', describe: 'threads of the inference that is tuned for' },
    march: { type: 'string', default: 'rv64gcv', describe: 'architecture for the C compiler' },
    cc: { type: 'string', describe: 'C compiler command' },
  },
  run: (values, context) => tuneModel(String(values['model']), values, context),
};

async function tuneModel(model: string, values: Values, context: Context): Promise<number> {
  const budget = parseBudget(text(values, 'budget'));
  const options = { winograd: flag(values, 'winograd'), threads: whole(values, 'threads', 1, 1024) ?? 1 };
  const backend = createBackend('rvv', text(values, 'march') ?? 'rv64gcv', options);
  const loaded = loadModel(model, values);
  const graphs = tunedGraphs(loaded, backend, values);
  const layers = distinctLayers(graphs.flatMap(({ lowered, rivals }) => [lowered, ...rivals]));
  return withWorkplace(backend, values, context, async ({ results, tryChoices, device, setting }) => {
    const progress = tuneProgress(context.env);
    const { signal } = context;
    const work = { backend, results, tryChoices, budget, slots: device.slots, signal, progress: progress.show };
    const outcome = await tuneLayers(layers, work).finally(progress.end);
    writeSummary(graphs, outcome.searches, setting, { name: loaded.stem, sha256: loaded.source.sha256 }, values);
    report(outcome.searches, flag(values, 'json'), context);
    context.log(
      `${text(values, 'output') ?? ''}: ${grouped(layers.length)} distinct layers, ${grouped(outcome.measured)} choices measured now` +
        (outcome.failed === 0 ? '' : `, ${grouped(outcome.failed)} of them failed`),
    );
    if (outcome.unfinished > 0)
      context.log(`note: the budget left ${grouped(outcome.unfinished)} layers unfinished; tune again to go on`);
    return 0;
  });
}

function report(searches: readonly LayerSearch[], json: boolean, context: Context): void {
  const rows = searches.flatMap((search) => {
    const best = search.best();
    if (best === undefined) return [];
    const estimated = search.known().get(search.estimated?.text ?? '');
    const { kernel, parameters } = best.choice.candidate;
    return [
      {
        layer: search.layer.text,
        sparsity: search.layer.sparsity,
        kernel,
        parameters,
        cost: best.cost,
        estimated: estimated?.status === 'ok' ? estimated.cost : null,
      },
    ];
  });
  if (json) {
    context.print(JSON.stringify({ schemaVersion: 1, layers: rows }));
    return;
  }
  const cells = rows.map(({ layer, sparsity, kernel, parameters, cost, estimated }) => [
    layer.replace(/ \{.*\} /, ' '),
    sparsity,
    kernel,
    parametersText(parameters),
    grouped(cost),
    estimated === null ? '' : `${((estimated / cost) * 100 - 100).toFixed(1)}%`,
  ]);
  context.print(table(['layer', 'sparsity', 'kernel', 'parameters', 'cost', 'estimate costs'], cells));
}
