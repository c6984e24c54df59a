import type { WeightEncoding } from './encoding.js';
import type { OpDef } from './op.js';
import type { TensorType } from './tensor.js';

/** Index of a value in its graph. Ids are meaningful within one graph only. */
export type ValueId = number;

/** A tensor that flows through the graph: an input, a constant, or the output of exactly one node. */
export interface Value {
  readonly id: ValueId;
  /** Name from the model; unique in the graph. */
  readonly name: string;
  readonly type: TensorType;
  readonly constant?: WeightEncoding;
}

export interface Node<A = unknown> {
  readonly op: OpDef<A>;
  /** Layer name for people; unique in the graph. */
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly attrs: A;
}

export interface GraphOutput {
  readonly name: string;
  readonly value: ValueId;
}

/** An immutable dataflow graph; `nodes` are in topological order. Passes make new graphs. */
export interface Graph {
  readonly name: string;
  readonly values: readonly Value[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly GraphOutput[];
}

export function valueAt(graph: Graph, id: ValueId): Value {
  const value = graph.values[id];
  if (value === undefined) throw new Error(`graph ${graph.name} has no value ${id}`);
  return value;
}

export function typeAt(graph: Graph, id: ValueId): TensorType {
  return valueAt(graph, id).type;
}

/** Narrows a node to one op, and its attributes with it. */
export function isOp<A>(node: Node, op: OpDef<A>): node is Node<A> {
  return node.op.kind === op.kind;
}

/** The first input or output of a node; nodes without one are a bug of whoever built them. */
export function inputOf(node: Node, index = 0): ValueId {
  const id = node.inputs[index];
  if (id === undefined) throw new Error(`${nodeText(node)} has no input ${index}`);
  return id;
}

export function outputOf(node: Node, index = 0): ValueId {
  const id = node.outputs[index];
  if (id === undefined) throw new Error(`${nodeText(node)} has no output ${index}`);
  return id;
}

/** `conv2d "layer1.0.conv1"`, as messages name a node. */
export function nodeText(node: Pick<Node, 'op' | 'name'>): string {
  return `${node.op.kind} ${JSON.stringify(node.name)}`;
}

/** How often each value is read, counting graph outputs. */
export function useCounts(graph: Graph): Int32Array {
  const counts = new Int32Array(graph.values.length);
  const count = (id: ValueId): void => {
    counts[id] = (counts[id] ?? 0) + 1;
  };
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const output of graph.outputs) count(output.value);
  return counts;
}

/** The node that produces each value; undefined for inputs and constants. */
export function producers(graph: Graph): readonly (Node | undefined)[] {
  const table = new Array<Node | undefined>(graph.values.length).fill(undefined);
  for (const node of graph.nodes) for (const id of node.outputs) table[id] = node;
  return table;
}

/** The nodes that read each value, in order. */
export function consumers(graph: Graph): readonly (readonly Node[])[] {
  const table = graph.values.map(() => [] as Node[]);
  for (const node of graph.nodes) for (const id of new Set(node.inputs)) table[id]?.push(node);
  return table;
}

/** The node that alone reads each value, once and nothing beside it, graph outputs included; undefined for all others. */
export function soleReaders(graph: Graph): readonly (Node | undefined)[] {
  const uses = useCounts(graph);
  return consumers(graph).map(([reader], value) => (uses[value] === 1 ? reader : undefined));
}
