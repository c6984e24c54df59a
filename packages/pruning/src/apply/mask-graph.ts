import {
  decodeWeight,
  eliminateDead,
  foldConstants,
  optimize,
  producers,
  rewrite,
  runPasses,
  valueAt,
  type Graph,
  type Node,
  type Tensor,
  type ValueId,
  type WeightEncoding,
} from '@ait-rvv/ir';
import { WEIGHT_INPUT } from '../graph/layers.js';
import { withConstants } from '../graph/weights.js';
import { permuteGraph } from '../permute/permute-graph.js';
import { ordersOf } from '../permute/plan-permutations.js';
import type { Plan } from '../plan/schema.js';
import { maskedWeight, weightMask } from './masks.js';
import { ParameterFinder, scatterElements } from './parameters.js';
import { plannedLayers } from './planned-layers.js';
import { pruneGraph } from './prune-graph.js';

/**
 * The imported graph with the pruned weights zeroed, channels where the model has them: what a pruned program must
 * compute. Parameters keep their names; where something else reads one as well, the layer gets a masked copy. Throws
 * AIT4002 when the plan is not for the graph.
 *
 * @param optimized what the plan was made from: the optimised graph
 */
export function maskGraph(graph: Graph, plan: Plan, optimized: Graph = optimize(graph)): Graph {
  const finder = new ParameterFinder(graph);
  const replaced = new Map<ValueId, WeightEncoding>();
  const copies = new Map<Node, Tensor>();
  for (const planned of plannedLayers(optimized, plan).layers) {
    const mask = weightMask(planned);
    const names = planned.layer.nodes.map((node) => node.name);
    const parameter = finder.find(names);
    const { constant } = parameter?.value ?? {};
    if (parameter?.exclusive === true && constant?.kind === 'dense') {
      const data = scatterElements(mask.data as Uint8Array, parameter.places);
      replaced.set(parameter.value.id, { kind: 'dense', tensor: maskedWeight(constant.tensor, { ...mask, data }) });
      continue;
    }
    for (const name of names) {
      const node = finder.node(name);
      if (node !== undefined) copies.set(node, maskedWeight(constantOf(graph, node.inputs[WEIGHT_INPUT] ?? -1), mask));
    }
  }
  return withConstants(withOwnWeights(graph, copies), replaced);
}

/**
 * The model with the plan applied, dense in shape, for any runtime: pruned weights zeroed, channels in the plan's order,
 * so that whoever reads it finds the sparsity again. Where the imported graph cannot take the order, because of nodes
 * that optimising removes, it is the optimised graph.
 */
export function applyPlan(graph: Graph, plan: Plan, optimized: Graph = optimize(graph)): Graph {
  const masked = maskGraph(graph, plan, optimized);
  if (plan.permutations.length === 0) return masked;
  const folded = runPasses(masked, [foldConstants, eliminateDead]);
  const { analysis, orders, findings } = ordersOf(folded, plan);
  return findings.length === 0 ? permuteGraph(folded, analysis, orders) : decoded(pruneGraph(optimized, plan));
}

/** Every encoded constant dense again. */
function decoded(graph: Graph): Graph {
  const dense = new Map<ValueId, WeightEncoding>();
  for (const { id, type, constant } of graph.values) {
    if (constant?.kind === 'columnNM') dense.set(id, { kind: 'dense', tensor: decodeWeight(constant, type) });
  }
  return withConstants(graph, dense);
}

/** The graph with weights of their own for some nodes. */
function withOwnWeights(graph: Graph, weights: ReadonlyMap<Node, Tensor>): Graph {
  if (weights.size === 0) return graph;
  return rewrite(graph, (node, { builder, map }) => {
    const weight = weights.get(node);
    if (weight === undefined) return undefined;
    const own = builder.constant(`${node.name}.masked`, weight);
    const inputs = node.inputs.map((id, input) => (input === WEIGHT_INPUT ? own : map(id)));
    const outputs = node.outputs.map((id) => valueAt(graph, id).name);
    return builder.add(node.op, inputs, node.attrs, { name: node.name, outputs });
  });
}

/** The elements of a value that depends on constants only. */
function constantOf(graph: Graph, id: ValueId): Tensor {
  const { constant, type, name } = valueAt(graph, id);
  if (constant !== undefined) return decodeWeight(constant, type);
  const node = producers(graph)[id];
  if (node === undefined) throw new Error(`${JSON.stringify(name)} is no constant`);
  const operands = node.inputs.map((input) => constantOf(graph, input));
  const tensor = node.op.evaluate(operands, node.attrs)[node.outputs.indexOf(id)];
  if (tensor === undefined) throw new Error(`${JSON.stringify(name)} has no elements`);
  return tensor;
}
