import { valueAt, type Graph, type Tensor, type Value, type ValueId, type WeightEncoding } from '@ait-rvv/ir';

/** The elements of a dense f32 constant; undefined for any other value. */
export function denseF32(value: Value): Float32Array | undefined {
  const { constant } = value;
  return constant?.kind === 'dense' && constant.tensor.dtype === 'f32'
    ? (constant.tensor.data as Float32Array)
    : undefined;
}

/** The tensor of a dense constant that must be one. */
export function denseTensor(graph: Graph, id: ValueId): Tensor {
  const { name, constant } = valueAt(graph, id);
  if (constant?.kind !== 'dense') throw new Error(`${JSON.stringify(name)} is no dense constant`);
  return constant.tensor;
}

/** The same graph with other elements for some of its constants, of the same types. */
export function withConstants(graph: Graph, replaced: ReadonlyMap<ValueId, WeightEncoding>): Graph {
  const values = graph.values.map((value) => {
    const constant = replaced.get(value.id);
    return constant === undefined ? value : { ...value, constant };
  });
  return { ...graph, values };
}

/** Whether no element is infinite or NaN. */
export function allFinite(elements: Float32Array): boolean {
  let probe = 0;
  for (let i = 0; i < elements.length; i++) probe += (elements[i] as number) * 0;
  return probe === 0;
}
