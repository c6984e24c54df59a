import { elementCount, fromNumbers, type DType, type Tensor } from '@ait-rvv/ir';
import type { ExternalReader } from '@ait-rvv/ir/onnx';
import { onnx } from '../src/onnx/generated/schema.js';
import type {
  AttributeMessage,
  FunctionMessage,
  GraphMessage,
  NodeMessage,
  TensorMessage,
  ValueInfoMessage,
} from '../src/onnx/messages.js';
import { elementType, NodeWriter } from '../src/onnx/node-writer.js';

export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Tensor }
  | { readonly graph: TestGraph }
  /** In the body of a function: the value of the call's attribute of that name. */
  | { readonly reference: string };

export interface TestNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly name?: string;
  readonly domain?: string;
}

export interface TestGraph {
  readonly nodes: readonly TestNode[];
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly outputs: readonly string[];
}

export interface TestFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly TestNode[];
  /** Defaults of attributes. */
  readonly defaults?: Readonly<Record<string, AttributeValue>>;
}

export interface TestModel extends TestGraph {
  readonly opset?: number;
  /** Inputs of the model; a text extent is symbolic. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  /** Element types of inputs and outputs that are not f32. */
  readonly types?: Readonly<Record<string, DType>>;
  readonly functions?: readonly TestFunction[];
  /** Name of the graph. */
  readonly name?: string;
  /** Replaces tensors as they are written: typed instead of raw data, external data, damage. */
  readonly tensor?: (message: Partial<TensorMessage>) => Partial<TensorMessage>;
  /** Lists initializers as inputs, too, as files before IR version 4 do. */
  readonly initializersAreInputs?: boolean;
}

/** The bytes of an ONNX file. */
export function encodeModel(model: TestModel): Uint8Array {
  const info = (name: string, extents: readonly (number | string)[]): ValueInfoMessage => ({
    name,
    type: {
      tensor_type: {
        elem_type: elementType(model.types?.[name] ?? 'f32'),
        shape: {
          dim: extents.map((extent) => (typeof extent === 'number' ? { dim_value: extent } : { dim_param: extent })),
        },
      },
    },
  });
  const asInputs = model.initializersAreInputs === true ? Object.entries(model.initializers ?? {}) : [];
  const domains = [...new Set((model.functions ?? []).map((one) => one.domain))];
  const graph = encodeGraph(model);
  return onnx.ModelProto.encode({
    ir_version: 8,
    producer_name: 'test',
    opset_import: [
      { domain: '', version: model.opset ?? 17 },
      ...domains.filter((domain) => domain !== '').map((domain) => ({ domain, version: 1 })),
    ],
    functions: (model.functions ?? []).map((one) => encodeFunction(one, model.opset ?? 17)),
    graph: {
      ...graph,
      name: model.name ?? 'test',
      initializer: graph.initializer.map(model.tensor ?? ((message) => message)),
      output: graph.output.map(({ name = '' }) => ({
        name,
        type: { tensor_type: { elem_type: elementType(model.types?.[name] ?? 'f32') } },
      })),
      input: [
        ...Object.entries(model.inputs).map(([name, extents]) => info(name, extents)),
        ...asInputs.map(([name, { shape }]) => info(name, shape)),
      ],
    },
  }).finish();
}

function encodeGraph({ nodes, initializers = {}, outputs }: TestGraph): GraphMessage {
  const writer = new NodeWriter([]);
  for (const [name, tensor] of Object.entries(initializers)) writer.named(name, tensor);
  return {
    name: 'test',
    node: nodes.map(encodeNode),
    initializer: writer.initializers,
    input: [],
    output: outputs.map((name) => ({ name, type: { tensor_type: { elem_type: 1 } } })),
  };
}

function encodeFunction(one: TestFunction, opset: number): Partial<FunctionMessage> {
  return {
    name: one.name,
    domain: one.domain,
    input: one.inputs,
    output: one.outputs,
    node: one.nodes.map(encodeNode),
    opset_import: [
      { domain: '', version: opset },
      { domain: one.domain, version: 1 },
    ],
    attribute_proto: Object.entries(one.defaults ?? {}).map(([name, value]) => encodeAttribute(name, value)),
    attribute: one.nodes.flatMap((node) =>
      Object.values(node.attributes ?? {}).flatMap((value) =>
        typeof value === 'object' && 'reference' in value && one.defaults?.[value.reference] === undefined
          ? [value.reference]
          : [],
      ),
    ),
  };
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
  if ('floats' in value) return { name, floats: value.floats, type: 6 };
  if ('graph' in value) return { name, g: encodeGraph(value.graph), type: 5 };
  if ('reference' in value) return { name, ref_attr_name: value.reference, type: 1 };
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
