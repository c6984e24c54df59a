import { decodeWeight } from '../core/encoding.js';
import { valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import { sameShape } from '../core/shape.js';
import { typeText, typeOf, type Tensor } from '../core/tensor.js';
import { fail } from '../diagnostics/diagnostic.js';

export interface InterpretOptions {
  /** Called with every value a node produces, for comparing layer by layer. */
  readonly observe?: (node: Node, id: ValueId, tensor: Tensor) => void;
}

/** Runs the graph on the reference meaning of its ops. Inputs and outputs by name; slow, obvious, double precision. */
export function interpret(
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
  options: InterpretOptions = {},
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<ValueId, Tensor>();
  const remaining = lastUses(graph);
  for (const id of graph.inputs) tensors.set(id, checkedInput(graph, id, inputs));
  const read = (id: ValueId): Tensor => {
    const { constant, type } = valueAt(graph, id);
    const tensor = constant === undefined ? tensors.get(id) : decodeWeight(constant, type);
    if (tensor === undefined) throw new Error(`value ${JSON.stringify(valueAt(graph, id).name)} has no elements`);
    return tensor;
  };
  graph.nodes.forEach((node, index) => {
    const results = node.op.evaluate(node.inputs.map(read), node.attrs);
    node.outputs.forEach((id, position) => {
      const tensor = results[position];
      if (tensor === undefined) throw new Error(`${node.op.kind} made no output ${position}`);
      tensors.set(id, tensor);
      options.observe?.(node, id, tensor);
    });
    for (const id of remaining[index] ?? []) tensors.delete(id);
  });
  return new Map(graph.outputs.map((output) => [output.name, read(output.value)]));
}

function checkedInput(graph: Graph, id: ValueId, inputs: ReadonlyMap<string, Tensor>): Tensor {
  const value = valueAt(graph, id);
  const tensor = inputs.get(value.name);
  if (tensor === undefined) fail('AIT1003', `input ${JSON.stringify(value.name)} has no value`);
  if (tensor.dtype !== value.type.dtype || !sameShape(tensor.shape, value.type.shape)) {
    const message = `is ${typeText(typeOf(tensor))}, the model expects ${typeText(value.type)}`;
    fail('AIT1003', message, { where: `input ${JSON.stringify(value.name)}` });
  }
  return tensor;
}

/** For each node, the values nobody reads after it: dropped, so that a large network fits. */
function lastUses(graph: Graph): readonly (readonly ValueId[])[] {
  const kept = new Set(graph.outputs.map((output) => output.value));
  const seen = new Set<ValueId>();
  const last = graph.nodes.map(() => [] as ValueId[]);
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index];
    for (const id of [...(node?.inputs ?? []), ...(node?.outputs ?? [])]) {
      if (kept.has(id) || seen.has(id)) continue;
      seen.add(id);
      last[index]?.push(id);
    }
  }
  return last;
}
