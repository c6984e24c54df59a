import type { Backend, Candidate, Selection } from '@ait-rvv/codegen-core';
import { selectKernels } from '@ait-rvv/codegen-core';
import {
  elementCount,
  GraphBuilder,
  relayout,
  isRowMajor,
  tensorF32,
  tensorType,
  valueAt,
  type Graph,
  type Node,
  type Tensor,
  type TensorType,
  type ValueId,
  type WeightEncoding,
} from '@ait-rvv/ir';
import { RandomSource, seedFor } from '@ait-rvv/ir/weights';
import { adopted, type Choice } from '../layers/candidates.js';
import type { Layer } from '../layers/layer.js';
import type { Sample } from './sample.js';

/** A graph that computes a sampled layer once for each choice, from the same inputs. */
export interface TrialGraph {
  readonly graph: Graph;
  readonly selection: Selection;
  /** In the order of `choices`; undefined for one that does not take the sample. */
  readonly nodes: readonly (Node | undefined)[];
  /** Names of the outputs, likewise. */
  readonly outputs: readonly string[];
}

/** Name of the graph's input that is the layer's input of that index. */
export function inputName(index: number): string {
  return `x${index}`;
}

/** Name of what a choice computes. */
export function outputName(index: number): string {
  return `y${index}`;
}

/**
 * Before each choice its inputs are brought into their layout anew: a layer in a network, too, finds what the one before
 * has just written, and no choice finds more in the caches than another. Weights are packed for each choice by itself,
 * and so come from memory.
 */
export function trialGraph(layer: Layer, sample: Sample, choices: readonly Choice[], backend: Backend): TrialGraph {
  const builder = new GraphBuilder('trial');
  const taken = new Map<ValueId, ValueId>();
  const ids = layer.node.inputs.map((id, index) => {
    const known = taken.get(id) ?? makeInput(builder, layer, sample, index);
    taken.set(id, known);
    return known;
  });
  const apart = staysApart(sample);
  const results = choices.map((_, index) => {
    const result = addChoice(builder, layer, sample, ids, index);
    if (!apart) addOutput(builder, result, index);
    return result;
  });
  if (apart) results.forEach((result, index) => addOutput(builder, result, index));
  const graph = builder.build();
  const chosen = new Map<string, Candidate>();
  const byName = new Map(graph.nodes.map((one) => [one.name, one]));
  choices.forEach((choice, index) => {
    const own = byName.get(choiceName(index));
    const candidate = own && adopted({ graph, node: own }, backend, choice);
    if (candidate !== undefined) chosen.set(choiceName(index), candidate);
  });
  const selection = selectKernels(graph, backend, (_, one) => chosen.get(one.name));
  return {
    graph,
    selection,
    nodes: choices.map((_, index) => (chosen.has(choiceName(index)) ? byName.get(choiceName(index)) : undefined)),
    outputs: choices.map((_, index) => outputName(index)),
  };
}

function choiceName(index: number): string {
  return `choice${index}`;
}

/** An input of the layer: for a computed one an input of the graph, for a constant one like it. */
function makeInput(builder: GraphBuilder, { graph, node }: Layer, { inputs }: Sample, index: number): ValueId {
  const { constant } = valueAt(graph, node.inputs[index] ?? -1);
  const type = inputs[index];
  if (type === undefined) throw new Error(`there is no input ${index}`);
  if (constant === undefined) return builder.input(inputName(index), tensorType(type.dtype, type.shape));
  return builder.encoded(`c${index}`, type, likeConstant(constant, type, `c${index}`));
}

function addChoice(
  builder: GraphBuilder,
  { node }: Layer,
  { inputs, outputs }: Sample,
  ids: readonly ValueId[],
  index: number,
): ValueId {
  const fresh = new Map<ValueId, ValueId>();
  const own = ids.map((id, position) => {
    const type = inputs[position];
    if (type === undefined || builder.value(id).constant !== undefined || isRowMajor(type.layout)) return id;
    const known =
      fresh.get(id) ?? builder.apply(relayout, [id], {}, { name: `input${index}_${position}`, types: [type] });
    fresh.set(id, known);
    return known;
  });
  const [result = -1] = builder.add(node.op, own, node.attrs, { name: choiceName(index), types: outputs });
  return result;
}

/**
 * Whether results lie apart until all choices are through. Pictures on a pitch are stored line by line, each of which comes
 * from memory by itself unless a cache holds it: what the choice before has left there must not count.
 */
function staysApart({ inputs, outputs }: Sample): boolean {
  return [...inputs, ...outputs].some(({ layout }) => layout.pitch !== undefined);
}

function addOutput(builder: GraphBuilder, result: ValueId, index: number): void {
  const { dtype, shape, layout } = builder.type(result);
  const plain = isRowMajor(layout)
    ? result
    : builder.apply(relayout, [result], {}, { name: `output${index}`, types: [tensorType(dtype, shape)] });
  builder.output(outputName(index), plain);
}

/** A constant with other elements: how long a layer takes does not depend on them, whether a check says anything does. */
function likeConstant(constant: WeightEncoding, type: TensorType, name: string): WeightEncoding {
  if (type.dtype !== 'f32') return constant;
  if (constant.kind === 'dense') return { kind: 'dense', tensor: randomTensor(type, name) };
  return { ...constant, values: randomTensor(constant.values, name) };
}

/** Elements in [-1, 1), the same for every name and shape. */
export function randomTensor({ shape }: Pick<TensorType, 'shape'>, name: string): Tensor {
  return tensorF32(shape, new RandomSource(seedFor(0, name)).fill(elementCount(shape), -1, 1));
}
