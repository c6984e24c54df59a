import { readInputFile, text, UsageError, type LoadedModel, type Values } from '@ait-rvv/command';
import type { PlanFile } from '@ait-rvv/codegen-core';
import { optimize, type Graph, type Pass } from '@ait-rvv/ir';
import { checkPlan, detectGraph, parsePlan, planText, pruneGraph, type Plan } from '@ait-rvv/pruning';
import { planMaker, type Measure } from '@ait-rvv/pruning/command';
import { createHash } from 'node:crypto';

/** How the weights of a program are encoded. */
export interface WeightEncoding {
  /** Runs on the optimised graph. */
  readonly encode: Pass;
  /** The plan they follow; undefined where zeros found in the model decide. */
  readonly plan?: PlanFile;
}

/**
 * Prunes by `--plan`, or by a plan made for `--prune RATIO`, with mask tiles as `measure` says. Without either, weights whose zeros have the structure of a
 * pruned model are found.
 */
export function weightEncoding(values: Values, loaded: LoadedModel, measure?: Measure): WeightEncoding {
  const [ratio, path] = [text(values, 'prune'), text(values, 'plan')];
  if (ratio !== undefined && path !== undefined) throw new UsageError('--prune and --plan exclude each other');
  if (ratio === undefined && path === undefined) return { encode: { name: 'detect-sparsity', run: detectGraph } };
  const optimized = optimize(loaded.graph);
  const plan =
    path === undefined ? planMaker({ ratio }, measure)(loaded, optimized) : readPlan(path, loaded, optimized);
  const contents = planText(plan);
  return {
    encode: { name: 'prune', run: (graph) => pruneGraph(graph, plan) },
    plan: { text: contents, sha256: createHash('sha256').update(contents).digest('hex') },
  };
}

function readPlan(path: string, { source }: LoadedModel, optimized: Graph): Plan {
  const plan = parsePlan(new TextDecoder().decode(readInputFile(path, 'plan')), path);
  checkPlan(plan, optimized, source.sha256);
  return plan;
}
