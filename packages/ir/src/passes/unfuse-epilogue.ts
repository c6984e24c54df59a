import { isOp, outputOf, valueAt, type Graph, type Node } from '../core/graph.js';
import { rewrite } from '../core/rewrite.js';
import { elementwise } from '../ops/elementwise.js';
import { stepOperand, withOperand } from '../ops/epilogue.js';
import type { EpilogueStep } from '../ops/steps.js';
import type { Pass } from './pass.js';

/** Whether a backend can apply the step at `index` of the node's epilogue before storing the result. */
export type CanFuse = (graph: Graph, node: Node, step: EpilogueStep, index: number) => boolean;

/** Splits off the steps a backend cannot fuse, from the first such step on, into an elementwise node of their own. */
export function unfuseEpilogue(canFuse: CanFuse): Pass {
  return {
    name: 'unfuse-epilogue',
    run: (graph) =>
      rewrite(graph, (node, { builder, map }) => {
        if (node.op.traits.epilogue !== true || isOp(node, elementwise)) return undefined;
        const { epilogue } = node.attrs as { epilogue: readonly EpilogueStep[] };
        const first = epilogue.findIndex((step, index) => !canFuse(graph, node, step, index));
        if (first < 0) return undefined;
        const outputName = valueAt(graph, outputOf(node)).name;
        // Operands of the split-off steps stay behind as unread inputs unless they are dropped here.
        const [head, tail] = [epilogue.slice(0, first), epilogue.slice(first)];
        const kept = node.inputs.filter(
          (_, index) =>
            head.some((step) => stepOperand(step) === index) || !epilogue.some((s) => stepOperand(s) === index),
        );
        const linear = builder.apply(
          node.op,
          kept.map(map),
          { ...(node.attrs as object), epilogue: reindex(head, (operand) => kept.indexOf(node.inputs[operand] ?? -1)) },
          { name: node.name, outputs: [`${outputName}.linear`] },
        );
        const operands = tail.flatMap((step) => stepOperand(step) ?? []);
        const rest = reindex(tail, (operand) => 1 + operands.indexOf(operand));
        const inputs = [linear, ...operands.map((operand) => map(node.inputs[operand] ?? -1))];
        return builder.add(
          elementwise,
          inputs,
          { epilogue: rest },
          { name: `${node.name}.epilogue`, outputs: [outputName] },
        );
      }),
  };
}

function reindex(steps: readonly EpilogueStep[], place: (operand: number) => number): EpilogueStep[] {
  return steps.map((step) => {
    const operand = stepOperand(step);
    return operand === undefined ? step : withOperand(step, place(operand));
  });
}
