import { typeAt, typeBytes, type Graph, type ValueId } from '@ait-rvv/ir';
import type { KernelCall } from './kernel.js';
import { planMemory, type BufferNeed, type MemoryPlan } from './memory-plan.js';
import type { Selection } from './select.js';
import { singleStep, type JoinSteps, type Step } from './step.js';
import { assignStorage, type Storage } from './storage.js';

/** A graph ready to be written down as a program. */
export interface Schedule {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly storage: Storage;
  readonly memory: MemoryPlan;
}

/** Orders the work (the graph's own order, unless `join` makes larger steps of it) and places every value. */
export function scheduleGraph(graph: Graph, selection: Selection, join?: JoinSteps): Schedule {
  const single = graph.nodes.flatMap((node): Step[] => {
    const candidate = selection.get(node);
    return candidate === undefined ? [] : [singleStep(node, candidate.emit())];
  });
  const steps = join?.(graph, single) ?? single;
  const storage = assignStorage(graph, steps);
  return { graph, steps, storage, memory: planMemory(bufferNeeds(graph, steps, storage)) };
}

/** The calls of a step that have something to do: copies onto the same place fall away. */
export function effectiveCalls(step: Step, storage: Storage): readonly KernelCall[] {
  return step.instance.calls.filter(({ copies }) => {
    if (copies === undefined) return true;
    const from = storage.locate(copies.from);
    const to = storage.locate(copies.to);
    return from.root !== to.root || from.byteOffset !== to.byteOffset + copies.byteOffset;
  });
}

/** Life of every root in the arena, over all values that lie in it. */
function bufferNeeds(graph: Graph, steps: readonly Step[], storage: Storage): readonly BufferNeed[] {
  const needs = new Map<ValueId, BufferNeed>();
  const touch = (id: ValueId, step: number): void => {
    const { root } = storage.locate(id);
    if (storage.kindOf(root) !== 'arena') return;
    const known = needs.get(root);
    needs.set(root, {
      id: root,
      bytes: typeBytes(typeAt(graph, root)),
      first: Math.min(step, known?.first ?? step),
      last: Math.max(step, known?.last ?? step),
    });
  };
  steps.forEach(({ inputs, outputs }, index) => {
    for (const id of [...inputs, ...outputs]) touch(id, index);
  });
  // Outputs that are copied at the end live until then.
  for (const index of storage.copiedOutputs) {
    const output = graph.outputs[index];
    if (output !== undefined) touch(output.value, steps.length);
  }
  return [...needs.values()];
}
