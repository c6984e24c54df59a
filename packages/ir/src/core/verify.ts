import { CompileError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { nodeText, type Graph } from './graph.js';
import type { WeightEncoding } from './encoding.js';
import { elementCount, sameShape } from './shape.js';
import { typeText, type TensorType } from './tensor.js';
import { weightView } from './weight-view.js';

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
    if (value.constant !== undefined) {
      defined.add(index);
      const broken = encodingViolation(value.constant, value.type);
      if (broken !== undefined) report(`constant ${JSON.stringify(value.name)}`, broken);
    }
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

/** What is wrong with a constant's elements; undefined for nothing. */
function encodingViolation(constant: WeightEncoding, type: TensorType): string | undefined {
  if (constant.kind === 'dense') {
    const fits = constant.tensor.data.length === elementCount(type.shape);
    return fits ? undefined : `holds ${constant.tensor.data.length} elements, its type is ${typeText(type)}`;
  }
  const { n, m, tileRows, rowAxis, values, columns } = constant;
  const { rows, depth } = weightView(type.shape, rowAxis);
  const kept = values.shape[1] ?? -1;
  if (tileRows < 1 || n < 1 || n > m || values.shape[0] !== rows || kept > depth) {
    return `is no column-wise ${n}:${m} form of ${typeText(type)} in tiles of ${tileRows}`;
  }
  const tiles = Math.ceil(rows / tileRows);
  if (columns.length !== tiles * kept) return `has ${columns.length} columns, ${tiles} tiles of ${kept} need other`;
  const ascending = columns.every(
    (column, at) => column < depth && (at % kept === 0 || column > (columns[at - 1] ?? 0)),
  );
  return ascending ? undefined : `keeps columns that do not ascend within [0, ${depth})`;
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
