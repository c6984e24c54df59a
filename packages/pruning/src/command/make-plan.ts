import { CheckError, readInputFile, text, UsageError, type LoadedModel, type Values } from '@ait-rvv/command';
import { CompileError, formatDiagnostic, type Graph } from '@ait-rvv/ir';
import {
  checkPlan,
  checkRetained,
  DEFAULT_TILE_ROWS,
  denseCost,
  findLayers,
  followPlan,
  importancesByWeight,
  MULTIPLY_ADDS,
  parsePlan,
  planPruning,
  sharedParameters,
  type CostModel,
  type Plan,
} from '../index.js';
import { PLANNING_OPTIONS, planningOptions, scoreOption, shareOption } from './options.js';

/** Makes the plan for a model and its optimised graph. */
export type PlanMaker = (loaded: LoadedModel, optimized: Graph) => Plan;

/** What measurements add to the options of a plan. */
export interface Measured {
  /** Height of mask tiles where the options name none. */
  readonly tileRows?: number;
  /** What layers cost, and what all of them may cost together. */
  readonly budget?: { readonly limit: number; readonly cost: CostModel };
}

/** Makes a plan's measured part for a model; undefined where the options ask for none. */
export type Measure = (loaded: LoadedModel, optimized: Graph) => Measured | undefined;

const NOT_MEASURED: Measure = () => undefined;

/** Where the plan comes from, as the options say: read to be checked, followed, or made. */
export function planMaker(values: Values, measure: Measure = NOT_MEASURED): PlanMaker {
  const [check, like] = [text(values, 'check'), text(values, 'like')];
  if (check !== undefined) {
    refuseOthers(values, 'check', ['like', ...PLANNING_NAMES, 'output']);
    return checker(check);
  }
  if (like === undefined) return planner(values, measure);
  refuseOthers(values, 'like', PLANNING_NAMES);
  return follower(like);
}

const PLANNING_NAMES = [...Object.keys(PLANNING_OPTIONS), 'target-latency'];

function refuseOthers(values: Values, option: string, names: readonly string[]): void {
  const given = (value: unknown): boolean => value !== undefined && value !== false && !isEmpty(value);
  const other = names.find((name) => given(values[name]));
  if (other === undefined) return;
  throw new UsageError(`--${option} takes the plan as it is and does not go with --${other}`);
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function readPlan(path: string): Plan {
  return parsePlan(new TextDecoder().decode(readInputFile(path, 'plan')), path);
}

function checker(path: string): PlanMaker {
  const plan = asCheck(() => readPlan(path));
  return ({ source }, optimized) =>
    asCheck(() => {
      checkPlan(plan, optimized, source.sha256);
      checkRetained(plan, optimized);
      return plan;
    });
}

function follower(path: string): PlanMaker {
  const plan = readPlan(path);
  return ({ source, stem }, optimized) => followPlan(plan, optimized, { name: stem, sha256: source.sha256 });
}

function planner(values: Values, measure: Measure): PlanMaker {
  const options = planningOptions(values);
  const share = shareOption(values, 'target-macs', 'more');
  const given = scoreOption(values);
  return (loaded, optimized) => {
    const { graph, source, stem } = loaded;
    const measured = measure(loaded, optimized);
    const tileRows = options.tileRows ?? measured?.tileRows ?? DEFAULT_TILE_ROWS;
    const dense = denseCost(optimized, findLayers(optimized), MULTIPLY_ADDS, tileRows);
    return planPruning(optimized, {
      ...options,
      tileRows,
      model: { name: stem, sha256: source.sha256 },
      score: typeof given === 'string' ? given : importancesByWeight(graph, given, optimized),
      keepDense: sharedParameters(graph, optimized),
      ...(share === undefined ? {} : { budget: { limit: share * dense } }),
      ...(measured?.budget === undefined ? {} : { budget: measured.budget }),
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
