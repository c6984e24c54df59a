import type { DType } from '../core/dtype.js';
import type { Tensor } from '../core/tensor.js';
import type { AttributeMessage, NodeMessage, TensorMessage } from './messages.js';
import { ELEMENT_TYPES } from './tensor-data.js';

type AttributeValue = number | string | Float | readonly number[];

/** A number that is a float attribute even when it is whole. */
export interface Float {
  readonly float: number;
}

export const float = (value: number): Float => ({ float: value });

/** Collects the nodes and initializers of an ONNX graph under unique names. */
export class NodeWriter {
  readonly nodes: Partial<NodeMessage>[] = [];
  readonly initializers: Partial<TensorMessage>[] = [];
  readonly #names: Set<string>;
  readonly #nodeNames: Set<string>;

  /** The names of values and of layers are kept for them. */
  constructor(values: Iterable<string>, layers: Iterable<string> = []) {
    this.#names = new Set(values);
    this.#nodeNames = new Set(layers);
  }

  /** A name no other value has. */
  fresh(wish: string): string {
    return take(this.#names, wish);
  }

  constant(wish: string, tensor: Tensor): string {
    const name = this.fresh(wish);
    this.named(name, tensor);
    return name;
  }

  named(name: string, tensor: Tensor): void {
    const { data } = tensor;
    this.initializers.push({
      name,
      dims: [...tensor.shape],
      data_type: elementType(tensor.dtype),
      raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
  }

  ints(wish: string, values: readonly number[]): string {
    return this.constant(wish, {
      dtype: 'i64',
      shape: [values.length],
      data: BigInt64Array.from(values, (value) => BigInt(value)),
    });
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    this.nodes.push({
      op_type: type,
      name: take(this.#nodeNames, outputs[0] ?? type),
      input: inputs,
      output: outputs,
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
  }

  /** Gives the node written last the name of the layer it computes; others are called by their first output. */
  nameLast(layer: string): void {
    const last = this.nodes[this.nodes.length - 1];
    if (last !== undefined) last.name = layer;
  }
}

/** `wish`, with a number behind it when it is taken. */
function take(taken: Set<string>, wish: string): string {
  let name = wish;
  for (let count = 2; taken.has(name); count++) name = `${wish}_${count}`;
  taken.add(name);
  return name;
}

/** TensorProto.DataType of an element type. */
export function elementType(dtype: DType): number {
  return Number(Object.keys(ELEMENT_TYPES).find((type) => ELEMENT_TYPES[Number(type)] === dtype));
}

function attribute(name: string, value: AttributeValue): Partial<AttributeMessage> {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  return { name, ints: value, type: 7 };
}
