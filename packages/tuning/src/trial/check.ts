import { decodeWeight, valueAt, type Graph, type Node, type Tensor } from '@ait-rvv/ir';

/** Largest difference, as a part of the largest expected magnitude; sums of thousands of products differ by a millionth. */
const TOLERANCE = 1e-4;

/** What the node must compute, by the meaning of its op; `inputs` are the graph's, by name. */
export function expectedResult(graph: Graph, node: Node, inputs: ReadonlyMap<string, Tensor>): Tensor {
  const operands = node.inputs.map((id) => tensorOf(graph, id, inputs));
  const [result] = node.op.evaluate(operands, node.attrs);
  if (result === undefined) throw new Error(`${node.op.kind} made no output`);
  return result;
}

/** A constant, an input, or an input in another layout, which is the same tensor. */
function tensorOf(graph: Graph, id: number, inputs: ReadonlyMap<string, Tensor>): Tensor {
  const { constant, type, name } = valueAt(graph, id);
  if (constant !== undefined) return decodeWeight(constant, type);
  const given = inputs.get(name);
  if (given !== undefined) return given;
  const producer = graph.nodes.find(({ outputs }) => outputs.includes(id));
  const [source] = producer?.inputs ?? [];
  if (source === undefined) throw new Error(`${name} has no elements`);
  return tensorOf(graph, source, inputs);
}

/** Why the result is wrong; undefined when it is right. */
export function findDifference(actual: Tensor | undefined, expected: Tensor): string | undefined {
  if (actual === undefined) return 'it wrote no result';
  if (actual.data.length !== expected.data.length) return 'its result has another size';
  const [a, b] = [actual.data as Float32Array, expected.data as Float32Array];
  let [largest, difference] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const [is, must] = [a[i] as number, b[i] as number];
    if (Number.isNaN(is) !== Number.isNaN(must)) return `element ${i} is ${is}, not ${must}`;
    if (Number.isNaN(must) || is === must) continue;
    largest = Math.max(largest, Math.abs(must));
    difference = Math.max(difference, Math.abs(is - must));
  }
  if (difference <= TOLERANCE * largest) return undefined;
  return `its result is off by ${difference.toExponential(1)}, the largest element is ${largest.toExponential(1)}`;
}
