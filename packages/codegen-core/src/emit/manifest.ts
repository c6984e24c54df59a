import {
  multiplyAddsOf,
  nodeText,
  typeAt,
  typeBytes,
  valueAt,
  layoutText,
  type ValueId,
  type ModelSource,
} from '@ait-rvv/ir';
import type { Schedule } from '../schedule.js';
import type { ModelText } from './model-source.js';

export interface ManifestOptions {
  readonly name: string;
  readonly target: string;
  readonly march: string;
  /** Threads of an instance whose creator does not say; default 1. */
  readonly threads?: number;
  readonly source: ModelSource;
  /** The pruning plan the weights follow; lies in the program's folder. */
  readonly plan?: PlanFile;
}

export interface PlanFile {
  readonly text: string;
  readonly sha256: string;
}

/** Where a program's folder keeps its pruning plan. */
export const PLAN_PATH = 'plan.json';

/** manifest.json: what the program takes, gives and holds, and which kernel computes every layer. */
export function manifest(schedule: Schedule, text: ModelText, options: ManifestOptions): object {
  const tensor = (id: ValueId, name: string): object => {
    const type = typeAt(schedule.graph, id);
    return { name, dtype: type.dtype, shape: type.shape, layout: layoutText(type.layout), bytes: typeBytes(type) };
  };
  return {
    schemaVersion: 1,
    name: options.name,
    target: options.target,
    march: options.march,
    dtype: 'f32',
    threads: options.threads ?? 1,
    source: options.source,
    plan: options.plan === undefined ? null : { file: PLAN_PATH, sha256: options.plan.sha256 },
    inputs: schedule.graph.inputs.map((id) => tensor(id, valueAt(schedule.graph, id).name)),
    outputs: schedule.graph.outputs.map((output) => tensor(output.value, output.name)),
    memory: {
      arenaBytes: schedule.memory.arenaBytes,
      arenaLowerBound: schedule.memory.lowerBound,
      weightBytes: text.weights.bodyBytes,
    },
    layers: schedule.steps.flatMap(({ layers, instance }, step) =>
      layers.map(({ node, kernel, parameters }) => ({
        name: node.name,
        op: node.op.kind,
        text: nodeText(node),
        outputs: node.outputs.map((id) => tensor(id, valueAt(schedule.graph, id).name)),
        kernel,
        parameters,
        symbols: [...new Set(instance.calls.map((call) => call.symbol))],
        multiplyAdds: multiplyAddsOf(schedule.graph, node),
        step,
      })),
    ),
  };
}
