import { typeAt, valueAt } from '../core/graph.js';
import { rewrite } from '../core/rewrite.js';
import { zeros, type Tensor } from '../core/tensor.js';
import { elementCount } from '../core/shape.js';
import { shapeOf } from '../ops/convert.js';
import type { Pass } from './pass.js';

/** A folded result larger than this is left to run time, lest a tiny file expand into gigabytes. */
const MAX_ELEMENTS = 1 << 28;

/**
 * Evaluates nodes whose inputs are all constant, and `shapeOf` of anything, since extents are known. Chains such as
 * Shape → Gather → Concat → Reshape vanish.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  run(graph) {
    return rewrite(graph, (node, { builder, map }) => {
      const large = node.outputs.some((id) => elementCount(typeAt(graph, id).shape) > MAX_ELEMENTS);
      if (large || node.inputs.length === 0) return undefined;
      const operands = node.inputs.flatMap((id): Tensor[] => {
        // The extents are all that shapeOf looks at.
        if (node.op.kind === shapeOf.kind) return [{ ...zeros('u8', []), shape: typeAt(graph, id).shape }];
        const constant = builder.constantTensor(map(id));
        return constant === undefined ? [] : [constant];
      });
      if (operands.length !== node.inputs.length) return undefined;
      const results = node.op.evaluate(operands, node.attrs);
      return node.outputs.map((id, index) => {
        const result = results[index];
        if (result === undefined) throw new Error(`${node.op.kind} made no output ${index}`);
        return builder.constant(valueAt(graph, id).name, result);
      });
    });
  },
};
