import { outputOf, typeAt, valueAt, type ConcatAttrs, type Shape } from '@ait-rvv/ir';
import { memoryDims } from '../shapes.js';
import { dimsArguments, refsArgument, sizesArgument, type Ref, type SubgraphWriter } from '../subgraph.js';
import type { Translate } from '../translation.js';

/** Most tensors one function of XNNPACK joins. */
const MOST = 4;

/** Joins of tensors, several functions for many of them. */
export const translateConcat: Translate<ConcatAttrs> = (node, graph) => {
  const result = typeAt(graph, outputOf(node));
  const axis = result.layout.order.indexOf(node.attrs.axis);
  if (node.inputs.length < 2) return 'there is nothing to join';
  if (node.inputs.some((id) => valueAt(graph, id).constant !== undefined)) return 'a constant is joined with others';
  return {
    functions: ['concatenate'],
    define(subgraph) {
      let parts = node.inputs.map((id) => subgraph.value(id));
      // Networks such as DenseNet join what they have joined before, and one tensor more.
      const before = subgraph.longestJoin(axis, parts);
      const all = parts;
      if (before !== undefined) parts = [before.joined, ...parts.slice(before.count)];
      while (parts.length > MOST) {
        const [first, rest] = [parts.slice(0, MOST), parts.slice(MOST)];
        parts = [join(subgraph, axis, first, subgraph.temporary(joinedDims(axis, first))), ...rest];
      }
      const to = subgraph.result(outputOf(node), memoryDims(result));
      const joined =
        parts.length === 1 && parts[0] !== undefined ? copy(subgraph, parts[0], to) : join(subgraph, axis, parts, to);
      subgraph.rememberJoin(axis, all, joined);
    },
  };
};

function join(subgraph: SubgraphWriter, axis: number, parts: readonly Ref[], to: Ref): Ref {
  subgraph.call(
    'ait_xnnpack_concatenate',
    axis,
    parts.length,
    refsArgument(parts),
    sizesArgument(parts.map(({ dims }) => dims[axis] ?? 1)),
    ...dimsArguments(to.dims),
    to,
  );
  return to;
}

/** The same join was made before, for another reader. */
function copy(subgraph: SubgraphWriter, from: Ref, to: Ref): Ref {
  subgraph.call('xnn_define_static_reshape', ...dimsArguments(to.dims), from, to, 0);
  return to;
}

function joinedDims(axis: number, parts: readonly Ref[]): Shape {
  const [first] = parts;
  const extent = parts.reduce((sum, { dims }) => sum + (dims[axis] ?? 0), 0);
  return (first?.dims ?? []).with(axis, extent);
}
