import { typeAt, valueAt, type Graph, type Node } from '../core/graph.js';
import { weightView } from '../core/weight-view.js';

/** Multiply-adds one evaluation of a node needs; of a pruned weight only the kept columns count. */
export function multiplyAddsOf(graph: Graph, node: Node): number {
  const types = (ids: readonly number[]) => ids.map((id) => typeAt(graph, id));
  const [inputs, outputs] = [types(node.inputs), types(node.outputs)];
  const apart = node.op.stageMultiplyAdds?.(inputs, node.attrs) ?? 0;
  const dense = (node.op.multiplyAdds?.(inputs, outputs, node.attrs) ?? 0) - apart;
  return (
    node.inputs.reduce((needed, id) => {
      const { constant, type } = valueAt(graph, id);
      if (constant?.kind !== 'columnNM') return needed;
      return (needed / weightView(type.shape, constant.rowAxis).depth) * (constant.values.shape[1] ?? 0);
    }, dense) + apart
  );
}
