import { GraphBuilder, typeAt, valueAt, type Graph, type ValueId } from '@ait-rvv/ir';

/** The name of a case's input or output in the merged graph. */
export function mergedName(one: string, name: string): string {
  return `${one}/${name}`;
}

/** One graph of many that have nothing in common, so that a whole set of cases is compiled and run at once. */
export function mergeGraphs(name: string, graphs: ReadonlyMap<string, Graph>): Graph {
  const builder = new GraphBuilder(name);
  for (const [one, graph] of graphs) {
    const mapped = new Map<ValueId, ValueId>();
    const map = (id: ValueId): ValueId => {
      const known = mapped.get(id);
      if (known !== undefined) return known;
      const { name: own, type, constant } = valueAt(graph, id);
      if (constant === undefined) throw new Error(`${one}: ${own} is read before it is made`);
      const made = builder.encoded(mergedName(one, own), type, constant);
      mapped.set(id, made);
      return made;
    };
    for (const id of graph.inputs) {
      const { name: own, type } = valueAt(graph, id);
      mapped.set(id, builder.input(mergedName(one, own), type));
    }
    for (const node of graph.nodes) {
      const outputs = builder.add(node.op, node.inputs.map(map), node.attrs, {
        name: mergedName(one, node.name),
        outputs: node.outputs.map((id) => mergedName(one, valueAt(graph, id).name)),
        types: node.outputs.map((id) => typeAt(graph, id)),
      });
      node.outputs.forEach((id, index) => void mapped.set(id, outputs[index] ?? -1));
    }
    for (const output of graph.outputs) builder.output(mergedName(one, output.name), map(output.value));
  }
  return builder.build();
}
