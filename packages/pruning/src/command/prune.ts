import {
  CheckError,
  JSON_OPTION,
  flag,
  loadModel,
  MODEL_OPTIONS,
  readInputFile,
  text,
  UsageError,
  writeOutputFile,
  type Command,
  type CommandContext,
  type LoadedModel,
  type Values,
} from '@ait-rvv/command';
import { CompileError, formatDiagnostic, optimize, type Graph } from '@ait-rvv/ir';
import { exportOnnx } from '@ait-rvv/ir/onnx';
import { writeSafetensors } from '@ait-rvv/ir/weights';
import {
  applyPlan,
  checkPlan,
  checkRetained,
  DEFAULT_TILE_ROWS,
  denseCost,
  findLayers,
  importancesByWeight,
  masksOf,
  MULTIPLY_ADDS,
  parsePlan,
  planPruning,
  planText,
  sharedParameters,
  type Plan,
} from '../index.js';
import { runChecks, type CheckResult } from './checks.js';
import { PLANNING_OPTIONS, planningOptions, scoreOption, shareOption } from './options.js';
import { planMarkdown, planTable } from './report.js';

/** `ait-rvv prune`, and all of `ait-rvv-prune`. */
export const prune: Command = {
  name: 'prune',
  positional: '<model>',
  summary: 'plan which columns of which layers to keep, and check such a plan',
  example: 'ait-rvv prune zoo:resnet18 --ratio 0.5 -o plan.json',
  options: {
    ...MODEL_OPTIONS,
    ...JSON_OPTION,
    ...PLANNING_OPTIONS,
    output: { type: 'string', alias: 'o', describe: 'plan file to write' },
    check: { type: 'string', describe: 'instead of planning, check that this plan is still valid for the model' },
    'min-retained': { type: 'string', describe: 'fail when less of the score is retained than this share' },
    'max-macs': { type: 'string', describe: 'fail when more of the multiply-adds are left than this share' },
    masks: { type: 'string', describe: 'write the masks of the parameters: .safetensors' },
    apply: { type: 'string', describe: 'write the pruned model, dense in shape: .onnx' },
    markdown: { type: 'string', describe: 'write a summary for a pull request' },
  },
  run(values, context) {
    // What is wrong with the options is said before a large model is read.
    const thresholds = {
      minRetained: shareOption(values, 'min-retained', 'zero'),
      maxMacs: shareOption(values, 'max-macs', 'zero'),
    };
    const makePlan = planMaker(values);
    const loaded = loadModel(String(values['model']), values);
    const optimized = optimize(loaded.graph);
    const plan = makePlan(loaded, optimized);
    const checks = runChecks(plan, thresholds);
    report(plan, checks, values, context);
    const failed = checks.filter(({ passed }) => !passed);
    if (failed.length > 0) {
      throw new CheckError(
        `the plan fails ${failed.map(({ name }) => `--${name}`).join(' and ')}`,
        failed.map(({ text: said }) => said),
      );
    }
    writeArtifacts(plan, loaded, optimized, values);
    return Promise.resolve(0);
  },
};

type PlanMaker = (loaded: LoadedModel, optimized: Graph) => Plan;

/** Reads the plan that is to be checked, or says how to make one. */
function planMaker(values: Values): PlanMaker {
  const check = text(values, 'check');
  if (check === undefined) return planner(values);
  const foreign = [...Object.keys(PLANNING_OPTIONS), 'output'].find((name) => isGiven(values[name]));
  if (foreign !== undefined) {
    throw new UsageError(`--check takes the plan as it is and does not go with --${foreign}`);
  }
  const bytes = readInputFile(check, 'plan');
  return (loaded, optimized) =>
    asCheck(() => {
      const plan = parsePlan(new TextDecoder().decode(bytes), check);
      checkPlan(plan, optimized, loaded.source.sha256);
      checkRetained(plan, optimized);
      return plan;
    });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function planner(values: Values): PlanMaker {
  const options = planningOptions(values);
  const share = shareOption(values, 'target-macs', 'more');
  const given = scoreOption(values);
  return ({ graph, source, stem }, optimized) => {
    const tileRows = options.tileRows ?? DEFAULT_TILE_ROWS;
    const layers = findLayers(optimized);
    return planPruning(optimized, {
      ...options,
      model: { name: stem, sha256: source.sha256 },
      score: typeof given === 'string' ? given : importancesByWeight(graph, given, optimized),
      keepDense: sharedParameters(graph, optimized),
      ...(share === undefined
        ? {}
        : { budget: { limit: share * denseCost(optimized, layers, MULTIPLY_ADDS, tileRows) } }),
    });
  };
}

/** Findings told besides the first. */
const MOST_NOTES = 9;

/** A plan that does not fit the model is a failed check; one that cannot be read is bad input. */
function asCheck(read: () => Plan): Plan {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CompileError) || error.diagnostics.some(({ code }) => code !== 'AIT4002')) throw error;
    const [first = '', ...more] = error.diagnostics.map(formatDiagnostic);
    const told = more.slice(0, MOST_NOTES);
    throw new CheckError(first, more.length > told.length ? [...told, `and ${more.length - told.length} more`] : told);
  }
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
