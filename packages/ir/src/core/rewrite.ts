import { GraphBuilder } from './builder.js';
import { typeAt, valueAt, type Graph, type Node, type ValueId } from './graph.js';

/** What a rewriting rule sees while the new graph grows. */
export interface RewriteContext {
  readonly graph: Graph;
  readonly builder: GraphBuilder;
  /** The new id of a value of the old graph; constants are carried over when first asked for. */
  readonly map: (old: ValueId) => ValueId;
  /** Copies a node unchanged, types re-inferred unless `keepTypes`. */
  readonly copy: (node: Node) => readonly ValueId[];
}

/**
 * New outputs of a node, in place of a copy. `undefined` copies the node; an empty list drops it, which is legal
 * when nothing that remains reads its outputs.
 */
export type RewriteRule = (node: Node, context: RewriteContext) => readonly ValueId[] | undefined;

export interface RewriteOptions {
  /** Keep the value types of copied nodes (layouts were assigned) instead of inferring them. */
  readonly keepTypes?: boolean;
  /** What stands for a graph output in the new graph; default: the mapped value. */
  readonly output?: (mapped: ValueId, context: RewriteContext) => ValueId;
}

/** A new graph, each node replaced by what `rule` makes of it, in topological order. */
export function rewrite(graph: Graph, rule: RewriteRule, options: RewriteOptions = {}): Graph {
  const builder = new GraphBuilder(graph.name);
  const mapped = new Map<ValueId, ValueId>();
  const map = (old: ValueId): ValueId => {
    const known = mapped.get(old);
    if (known !== undefined) return known;
    const value = valueAt(graph, old);
    if (value.constant === undefined) {
      throw new Error(`rewrite of ${graph.name}: value ${JSON.stringify(value.name)} is read before it is made`);
    }
    const id = builder.encoded(value.name, value.type, value.constant);
    mapped.set(old, id);
    return id;
  };
  const context: RewriteContext = {
    graph,
    builder,
    map,
    copy: (node) =>
      builder.add(node.op, node.inputs.map(map), node.attrs, {
        name: node.name,
        outputs: node.outputs.map((id) => valueAt(graph, id).name),
        ...(options.keepTypes ? { types: node.outputs.map((id) => typeAt(graph, id)) } : {}),
      }),
  };
  for (const id of graph.inputs) {
    const value = valueAt(graph, id);
    mapped.set(id, builder.input(value.name, value.type));
  }
  for (const node of graph.nodes) {
    const outputs = rule(node, context) ?? context.copy(node);
    outputs.forEach((id, index) => {
      const old = node.outputs[index];
      if (old !== undefined) mapped.set(old, id);
    });
  }
  for (const output of graph.outputs) {
    const mappedOutput = map(output.value);
    builder.output(output.name, options.output?.(mappedOutput, context) ?? mappedOutput);
  }
  return builder.build();
}
