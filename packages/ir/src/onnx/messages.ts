/** Decoded messages of schema.proto. Fields that are not in a file have the defaults of their type. */

/** A 64-bit integer as the codec gives it: two halves, or a number when it was made here. */
export type Int64 = number | { readonly low: number; readonly high: number };

export interface ModelMessage {
  ir_version: Int64;
  producer_name: string;
  graph: GraphMessage | null;
  opset_import: readonly OperatorSetMessage[];
  functions: readonly Partial<FunctionMessage>[];
}

export interface OperatorSetMessage {
  readonly domain?: string;
  readonly version?: Int64;
}

export interface FunctionMessage {
  name: string;
  domain: string;
  overload: string;
  input: readonly string[];
  output: readonly string[];
  /** Names of attributes without a default. */
  attribute: readonly string[];
  /** Attributes with their defaults. */
  attribute_proto: readonly Partial<AttributeMessage>[];
  node: readonly Partial<NodeMessage>[];
  opset_import: readonly OperatorSetMessage[];
}

export interface GraphMessage {
  name: string;
  node: readonly Partial<NodeMessage>[];
  initializer: readonly Partial<TensorMessage>[];
  input: readonly ValueInfoMessage[];
  output: readonly ValueInfoMessage[];
  sparse_initializer?: readonly Partial<SparseTensorMessage>[];
}

export interface SparseTensorMessage {
  /** The elements that are stored; the tensor has its name. */
  values: Partial<TensorMessage> | null;
  /** Linear indices `[n]`, or one row of indices an element `[n, rank]`. */
  indices: Partial<TensorMessage> | null;
  dims: readonly Int64[];
}

export interface NodeMessage {
  input: readonly string[];
  output: readonly string[];
  name: string;
  op_type: string;
  domain: string;
  overload: string;
  attribute: readonly Partial<AttributeMessage>[];
}

export interface AttributeMessage {
  name: string;
  f: number;
  i: Int64;
  s: Uint8Array;
  t: Partial<TensorMessage> | null;
  g: Partial<GraphMessage> | null;
  graphs: readonly Partial<GraphMessage>[];
  floats: readonly number[];
  ints: readonly Int64[];
  strings: readonly Uint8Array[];
  sparse_tensor: Partial<SparseTensorMessage> | null;
  type: number;
  /** In the body of a function: the attribute of the call that stands here. */
  ref_attr_name: string;
}

export interface TensorMessage {
  dims: readonly Int64[];
  data_type: number;
  name: string;
  raw_data: Uint8Array;
  float_data: readonly number[];
  int32_data: readonly number[];
  int64_data: readonly Int64[];
  double_data: readonly number[];
  uint64_data: readonly Int64[];
  external_data: readonly { readonly key?: string; readonly value?: string }[];
  data_location: number;
}

export interface DimensionMessage {
  readonly dim_value?: Int64 | null;
  readonly dim_param?: string | null;
}

export interface ValueInfoMessage {
  readonly name?: string;
  readonly type?: {
    readonly tensor_type?: {
      readonly elem_type?: number;
      readonly shape?: { readonly dim?: readonly DimensionMessage[] } | null;
    } | null;
  } | null;
}

/** Exact for all numbers that can be extents; larger ones round, which keeps INT64_MAX a "to the end". */
export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.high * 2 ** 32 + (value.low >>> 0);
}

export function toBigInt(value: Int64): bigint {
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}
