import { GraphBuilder } from '../core/builder.js';
import { typeAt, valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import type { Pass } from './pass.js';

/** Drops nodes and constants that no output depends on. Graph inputs stay: they are the model's interface. */
export const eliminateDead: Pass = {
  name: 'eliminate-dead',
  run(graph) {
    const live = new Set<ValueId>(graph.outputs.map((output) => output.value));
    const kept: Node[] = [];
    for (const node of [...graph.nodes].reverse()) {
      if (!node.outputs.some((id) => live.has(id))) continue;
      kept.push(node);
      for (const id of node.inputs) live.add(id);
    }
    return renumber(graph, kept.reverse());
  },
};

/** The graph of just these nodes, ids dense again. */
function renumber(graph: Graph, nodes: readonly Node[]): Graph {
  const builder = new GraphBuilder(graph.name);
  const mapped = new Map<ValueId, ValueId>();
  for (const id of graph.inputs) mapped.set(id, builder.input(valueAt(graph, id).name, typeAt(graph, id)));
  const map = (old: ValueId): ValueId => {
    const known = mapped.get(old);
    if (known !== undefined) return known;
    const { name, type, constant } = valueAt(graph, old);
    if (constant === undefined) throw new Error(`value ${JSON.stringify(name)} is read before it is made`);
    const id = builder.encoded(name, type, constant);
    mapped.set(old, id);
    return id;
  };
  for (const node of nodes) {
    const outputs = builder.add(node.op, node.inputs.map(map), node.attrs, {
      name: node.name,
      outputs: node.outputs.map((id) => valueAt(graph, id).name),
      types: node.outputs.map((id) => typeAt(graph, id)),
    });
    node.outputs.forEach((id, index) => void mapped.set(id, outputs[index] ?? 0));
  }
  for (const output of graph.outputs) builder.output(output.name, map(output.value));
  return builder.build();
}
