import { Budget } from '../core/budget.js';
import { typeAt, valueAt, type Graph, type Node } from '../core/graph.js';
import { evaluationSteps } from '../core/op.js';
import { rewrite } from '../core/rewrite.js';
import { elementCount } from '../core/shape.js';
import { tensorType, typeBytes, zeros, type Tensor } from '../core/tensor.js';
import { shapeOf } from '../ops/convert.js';
import type { Pass } from './pass.js';

/** Bytes of all folded results beyond those of the graph's own constants, and steps to compute them. */
const MORE_BYTES = 2 ** 28;
const MOST_STEPS = 2 ** 29;

/**
 * Evaluates nodes whose inputs are all constant, `shapeOf` of anything, since extents are known, and what has no elements. Chains such as
 * Shape → Gather → Concat → Reshape vanish. A tiny file cannot expand into gigabytes or hours: what is beyond the budgets is left to run
 * time.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  run(graph) {
    const [memory, time] = [new Budget(constantBytes(graph) + MORE_BYTES), new Budget(MOST_STEPS)];
    const affordable = (node: Node): boolean => {
      const [inputs, outputs] = [node.inputs, node.outputs].map((ids) => ids.map((id) => typeAt(graph, id)));
      const bytes = (outputs ?? []).reduce((sum, type) => sum + typeBytes(type), 0);
      return time.take(evaluationSteps(node.op, inputs ?? [], outputs ?? [], node.attrs)) && memory.take(bytes);
    };
    return rewrite(graph, (node, { builder, map }) => {
      if (node.inputs.length === 0) return undefined;
      const types = node.outputs.map((id) => typeAt(graph, id));
      if (types.every(({ shape }) => elementCount(shape) === 0)) {
        return node.outputs.map((id, index) => {
          const { dtype, shape } = types[index] ?? tensorType('f32', [0]);
          return builder.constant(valueAt(graph, id).name, zeros(dtype, shape));
        });
      }
      const operands = node.inputs.flatMap((id): Tensor[] => {
        // The extents are all that shapeOf looks at.
        if (node.op.kind === shapeOf.kind) return [{ ...zeros('u8', []), shape: typeAt(graph, id).shape }];
        const constant = builder.constantTensor(map(id));
        return constant === undefined ? [] : [constant];
      });
      if (operands.length !== node.inputs.length || !affordable(node)) return undefined;
      const results = node.op.evaluate(operands, node.attrs);
      return node.outputs.map((id, index) => {
        const result = results[index];
        if (result === undefined) throw new Error(`${node.op.kind} made no output ${index}`);
        return builder.constant(valueAt(graph, id).name, result);
      });
    });
  },
};

function constantBytes(graph: Graph): number {
  return graph.values.reduce((sum, { type, constant }) => sum + (constant === undefined ? 0 : typeBytes(type)), 0);
}
