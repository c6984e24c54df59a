import { typeAt, typeText, type Graph } from '@ait-rvv/ir';

/** The graph in Graphviz form; constants are left out. */
export function dotText(graph: Graph): string {
  const lines = ['digraph {', '  node [shape=box, fontname="sans-serif"];'];
  const producer = new Map<number, string>();
  graph.inputs.forEach((id, index) => {
    producer.set(id, `i${index}`);
    lines.push(
      `  i${index} [label=${quote(`${graph.values[id]?.name ?? ''}\n${typeText(typeAt(graph, id))}`)}, shape=ellipse];`,
    );
  });
  graph.nodes.forEach((node, index) => {
    const [output] = node.outputs;
    const type = output === undefined ? '' : typeText(typeAt(graph, output));
    lines.push(`  n${index} [label=${quote(`${node.op.kind}\n${node.name}\n${type}`)}];`);
    for (const id of node.inputs) {
      const from = producer.get(id);
      if (from !== undefined) lines.push(`  ${from} -> n${index};`);
    }
    for (const id of node.outputs) producer.set(id, `n${index}`);
  });
  graph.outputs.forEach((output, index) => {
    lines.push(
      `  o${index} [label=${quote(output.name)}, shape=ellipse];`,
      `  ${producer.get(output.value) ?? ''} -> o${index};`,
    );
  });
  return `${[...lines, '}'].join('\n')}\n`;
}

/** A Graphviz string: quotes and backslashes escaped, control characters dropped but for line ends. */
function quote(text: string): string {
  return `"${text
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, '')
    .replace(/[\\"]/g, (c) => `\\${c}`)
    .replace(/\n/g, '\\n')}"`;
}
