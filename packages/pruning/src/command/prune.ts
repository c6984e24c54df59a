import {
  CheckError,
  JSON_OPTION,
  flag,
  loadModel,
  MODEL_OPTIONS,
  text,
  writeOutputFile,
  type Command,
  type CommandContext,
  type LoadedModel,
  type OptionDef,
  type Values,
} from '@ait-rvv/command';
import { optimize, type Graph } from '@ait-rvv/ir';
import { exportOnnx } from '@ait-rvv/ir/onnx';
import { writeSafetensors } from '@ait-rvv/ir/weights';
import { applyPlan, masksOf, planText, type Plan } from '../index.js';
import { runChecks, type CheckResult } from './checks.js';
import { planMaker, type Measure } from './make-plan.js';
import { PLANNING_OPTIONS, shareOption } from './options.js';
import { planMarkdown, planTable } from './report.js';

/** Options that bring measurements into planning, for a command line that has any. */
export interface MeasuredPlanning<C extends CommandContext> {
  readonly options: Readonly<Record<string, OptionDef>>;
  readonly prepare: (values: Values, context: C) => Promise<Measure>;
}

/** `ait-rvv prune`: with further options where measurements can be had. */
export function pruneCommand<C extends CommandContext>(measured?: MeasuredPlanning<C>): Command<C> {
  return {
    ...PRUNE,
    options: { ...PRUNE.options, ...measured?.options },
    run: async (values, context) => plan(values, context, await measured?.prepare(values, context)),
  };
}

const PRUNE = {
  name: 'prune',
  positional: '<model>',
  summary: 'plan which columns of which layers to keep, and check such a plan',
  example: 'ait-rvv prune zoo:resnet18 --ratio 0.5 -o plan.json',
  options: {
    ...MODEL_OPTIONS,
    ...JSON_OPTION,
    ...PLANNING_OPTIONS,
    like: { type: 'string', describe: 'repeat this plan for a model that was retrained under its masks' },
    output: { type: 'string', alias: 'o', describe: 'plan file to write' },
    check: { type: 'string', describe: 'instead of planning, check that this plan is still valid for the model' },
    'min-retained': { type: 'string', describe: 'fail when less of the score is retained than this share' },
    'max-macs': { type: 'string', describe: 'fail when more of the multiply-adds are left than this share' },
    masks: { type: 'string', describe: 'write the masks of the parameters: .safetensors' },
    apply: { type: 'string', describe: 'write the pruned model, dense in shape: .onnx' },
    markdown: { type: 'string', describe: 'write a summary for a pull request' },
  },
} as const satisfies Omit<Command, 'run'>;

/** `ait-rvv-prune`: plans by multiply-adds. */
export const prune: Command = pruneCommand();

function plan(values: Values, context: CommandContext, measure: Measure | undefined): number {
  // What is wrong with the options is said before a large model is read.
  const thresholds = {
    minRetained: shareOption(values, 'min-retained', 'zero'),
    maxMacs: shareOption(values, 'max-macs', 'zero'),
  };
  const makePlan = planMaker(values, measure);
  const loaded = loadModel(String(values['model']), values);
  const optimized = optimize(loaded.graph);
  const made = makePlan(loaded, optimized);
  const checks = runChecks(made, thresholds);
  report(made, checks, values, context);
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    throw new CheckError(
      `the plan fails ${failed.map(({ name }) => `--${name}`).join(' and ')}`,
      failed.map(({ text: said }) => said),
    );
  }
  writeArtifacts(made, loaded, optimized, values);
  return 0;
}

function report(plan: Plan, checks: readonly CheckResult[], values: Values, context: CommandContext): void {
  const markdown = text(values, 'markdown');
  if (markdown !== undefined) writeOutputFile(markdown, planMarkdown(plan, checks));
  context.print(flag(values, 'json') ? JSON.stringify({ ...plan, checks }) : planTable(plan));
}

/** Nothing is written of a plan that fails its checks, lest it be used. */
function writeArtifacts(plan: Plan, { graph }: LoadedModel, optimized: Graph, values: Values): void {
  const output = text(values, 'output');
  const masks = text(values, 'masks');
  const apply = text(values, 'apply');
  if (masks !== undefined) writeOutputFile(masks, writeSafetensors(masksOf(graph, plan, optimized)));
  if (apply !== undefined) writeOutputFile(apply, exportOnnx(applyPlan(graph, plan, optimized)));
  if (output !== undefined) writeOutputFile(output, planText(plan));
}
