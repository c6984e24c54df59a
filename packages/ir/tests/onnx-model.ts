import { elementCount, fromNumbers, type Tensor } from '@ait-rvv/ir';
import type { ExternalReader } from '@ait-rvv/ir/onnx';
import { onnx } from '../src/onnx/generated/schema.js';
import type { AttributeMessage, NodeMessage, TensorMessage, ValueInfoMessage } from '../src/onnx/messages.js';
import { elementType, NodeWriter } from '../src/onnx/node-writer.js';

export type AttributeValue =
  number | string | readonly number[] | { readonly float: number } | { readonly tensor: Tensor };

export interface TestNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly name?: string;
  readonly domain?: string;
}

export interface TestModel {
  readonly opset?: number;
  readonly nodes: readonly TestNode[];
  /** Inputs of the model; a text extent is symbolic. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly string[];
  /** Replaces tensors as they are written: typed instead of raw data, external data, damage. */
  readonly tensor?: (message: Partial<TensorMessage>) => Partial<TensorMessage>;
  /** Lists initializers as inputs, too, as files before IR version 4 do. */
  readonly initializersAreInputs?: boolean;
}

/** The bytes of an ONNX file. */
export function encodeModel(model: TestModel): Uint8Array {
  const writer = new NodeWriter([]);
  for (const [name, tensor] of Object.entries(model.initializers ?? {})) writer.named(name, tensor);
  const initializers = writer.initializers.map(model.tensor ?? ((message) => message));
  const info = (name: string, extents: readonly (number | string)[]): ValueInfoMessage => ({
    name,
    type: {
      tensor_type: {
        elem_type: 1,
        shape: {
          dim: extents.map((extent) => (typeof extent === 'number' ? { dim_value: extent } : { dim_param: extent })),
        },
      },
    },
  });
  const asInputs = model.initializersAreInputs === true ? Object.entries(model.initializers ?? {}) : [];
  return onnx.ModelProto.encode({
    ir_version: 8,
    producer_name: 'test',
    opset_import: [{ domain: '', version: model.opset ?? 17 }],
    graph: {
      name: 'test',
      node: model.nodes.map(encodeNode),
      initializer: initializers,
      input: [
        ...Object.entries(model.inputs).map(([name, extents]) => info(name, extents)),
        ...asInputs.map(([name, { shape }]) => info(name, shape)),
      ],
      output: model.outputs.map((name) => ({ name, type: { tensor_type: { elem_type: 1 } } })),
    },
  }).finish();
}

function encodeNode(node: TestNode): Partial<NodeMessage> {
  return {
    op_type: node.type,
    name: node.name ?? '',
    domain: node.domain ?? '',
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => encodeAttribute(name, value)),
  };
}

function encodeAttribute(name: string, value: AttributeValue): Partial<AttributeMessage> {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  if ('float' in value) return { name, f: value.float, type: 1 };
  if ('tensor' in value) {
    const writer = new NodeWriter([]);
    writer.named('', value.tensor);
    return { name, t: writer.initializers[0] ?? null, type: 4 };
  }
  return { name, ints: value, type: 7 };
}

/** A tensor message with its elements in the typed field instead of raw bytes. */
export function typedData(message: Partial<TensorMessage>): Partial<TensorMessage> {
  const { raw_data: raw, ...rest } = message;
  if (raw === undefined) return message;
  const buffer = raw.slice().buffer;
  if (message.data_type === elementType('f32')) return { ...rest, float_data: Array.from(new Float32Array(buffer)) };
  return { ...rest, int64_data: Array.from(new BigInt64Array(buffer), Number) };
}

/** Moves the elements of every tensor into one external file; returns its reader with the message rewriter. */
export function externalData(): {
  readonly tensor: (message: Partial<TensorMessage>) => Partial<TensorMessage>;
  readonly read: ExternalReader;
} {
  let file = new Uint8Array(0);
  return {
    tensor(message) {
      const { raw_data: raw = new Uint8Array(0), ...rest } = message;
      const offset = file.length;
      file = Uint8Array.of(...file, ...raw);
      const entries = { location: 'weights.bin', offset: String(offset), length: String(raw.length) };
      return {
        ...rest,
        data_location: 1,
        external_data: Object.entries(entries).map(([key, value]) => ({ key, value })),
      };
    },
    read: (location, offset, length) => {
      if (location !== 'weights.bin') throw new Error(`unexpected location ${location}`);
      return file.subarray(offset, length === undefined ? undefined : offset + length);
    },
  };
}

export function ints(...values: number[]): Tensor {
  return fromNumbers('i64', [values.length], values);
}

export function filled(shape: readonly number[], value: number): Tensor {
  return fromNumbers('f32', shape, new Array<number>(elementCount(shape)).fill(value));
}
