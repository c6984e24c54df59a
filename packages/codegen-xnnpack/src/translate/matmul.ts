import { decodeWeight, inputOf, outputOf, typeAt, valueAt, type MatmulAttrs } from '@ait-rvv/ir';
import { boundsArguments } from '../bounds.js';
import { fusedEpilogue } from '../fusion.js';
import { reordered } from '../shapes.js';
import type { Translate } from '../translation.js';
import { constantBias } from './conv2d.js';

/** Fully connected layers: the right-hand side is a constant matrix. */
export const translateMatmul: Translate<MatmulAttrs> = (node, graph) => {
  const { constant, type, name } = valueAt(graph, inputOf(node, 1));
  const epilogue = fusedEpilogue(node);
  if (constant === undefined) return 'the right-hand side is not a constant (XNNPACK of 2022 has no product of two)';
  if (type.shape.length !== 2) return 'the right-hand side is not one matrix';
  if (node.attrs.transA) return 'the left-hand side is transposed';
  if (epilogue === undefined) return 'the epilogue is more than a bias and bounds';
  const outputs = typeAt(graph, outputOf(node)).shape.at(-1) ?? 1;
  const bias = constantBias(graph, epilogue.bias, outputs);
  if (bias === undefined) return 'the bias is not a constant';
  return {
    functions: ['fully_connected'],
    define(subgraph) {
      const { transB } = node.attrs;
      const depth = type.shape[transB ? 1 : 0] ?? 1;
      const filter = subgraph.constant(name, [outputs, depth], () =>
        reordered(decodeWeight(constant, type), transB ? [0, 1] : [1, 0]),
      );
      subgraph.call(
        'xnn_define_fully_connected',
        ...boundsArguments(epilogue.bounds),
        subgraph.value(inputOf(node)),
        filter,
        bias(subgraph),
        subgraph.result(outputOf(node)),
        0,
      );
    },
  };
};
