import { CompileError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { nodeText, type Graph } from './graph.js';
import { sameShape } from './shape.js';
import { typeText } from './tensor.js';

/** Every broken invariant of a graph: order, single definition, unique names, types that inference confirms. */
export function findViolations(graph: Graph): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (where: string, message: string): void => void found.push({ code: 'AIT2001', where, message });
  const defined = new Set<number>(graph.inputs);
  const names = new Set<string>();
  graph.values.forEach((value, index) => {
    if (value.id !== index) report(`value ${index}`, `carries the id ${value.id}`);
    if (names.has(value.name)) report(`value ${index}`, `shares the name ${JSON.stringify(value.name)}`);
    names.add(value.name);
    if (value.constant !== undefined) defined.add(index);
  });
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      if (!defined.has(id)) report(nodeText(node), `reads value ${id} before it is made`);
    }
    for (const id of node.outputs) {
      if (defined.has(id)) report(nodeText(node), `defines value ${id} a second time`);
      defined.add(id);
    }
    if (found.length === 0) found.push(...typeViolations(graph, node));
  }
  for (const output of graph.outputs) {
    if (!defined.has(output.value)) report(`output ${JSON.stringify(output.name)}`, 'has no producer');
  }
  return found;
}

/** Throws the violations found; a graph that passes may be handed on. */
export function verifyGraph(graph: Graph): void {
  const found = findViolations(graph);
  if (found.length > 0) throw new CompileError(found);
}

function typeViolations(graph: Graph, node: Graph['nodes'][number]): Diagnostic[] {
  const types = node.inputs.map((id) => graph.values[id]?.type).filter((type) => type !== undefined);
  const inferred = node.op.infer(types, node.attrs, nodeText(node));
  if (inferred.length !== node.outputs.length) {
    const message = `has ${node.outputs.length} outputs, the op makes ${inferred.length}`;
    return [{ code: 'AIT2002', where: nodeText(node), message }];
  }
  return node.outputs.flatMap((id, index): Diagnostic[] => {
    const have = graph.values[id]?.type;
    const want = inferred[index];
    if (have === undefined || want === undefined) return [];
    if (have.dtype === want.dtype && sameShape(have.shape, want.shape)) return [];
    const message = `output ${index} is ${typeText(have)}, inference says ${typeText(want)}`;
    return [{ code: 'AIT2002', where: nodeText(node), message }];
  });
}
