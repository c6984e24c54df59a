import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const path = new URL('../../../packages/ir/src/onnx/schema.proto', import.meta.url);

/** The message of an ONNX file, with the fields the importer reads. */
export const MODEL = protobuf
  .parse(readFileSync(path, 'utf8'), { keepCase: true })
  .root.resolveAll()
  .lookupType('onnx.ModelProto');

const F32 = 1;
const I64 = 7;
const BOOL = 9;

/** Bytes of an ONNX file of one graph; functions and operator set may be given. */
export function onnxFile({ opset = 17, functions = [], ...parts }) {
  const message = {
    ir_version: 8,
    producer_name: 'fuzz',
    opset_import: [{ domain: '', version: opset }, ...(functions.length > 0 ? [{ domain: 'local', version: 1 }] : [])],
    functions,
    graph: graph(parts),
  };
  return MODEL.encode(MODEL.fromObject(message)).finish();
}

/** A graph; inputs are shapes by name, a text extent being symbolic. */
export function graph({ inputs = {}, tensors = [], sparse = [], nodes, outputs }) {
  return {
    name: 'g',
    node: nodes,
    initializer: tensors,
    sparse_initializer: sparse,
    input: Object.entries(inputs).map(([name, extents]) => ({ name, type: tensorType(extents) })),
    output: outputs.map((name) => ({ name, type: tensorType([]) })),
  };
}

function tensorType(extents) {
  const dim = extents.map((extent) => (typeof extent === 'string' ? { dim_param: extent } : { dim_value: extent }));
  return { tensor_type: { elem_type: F32, shape: { dim } } };
}

/** `node('Add', ['a', 'b'], ['y'])`, with attributes by name. */
export function node(type, input, output, attributes = {}, more = {}) {
  const attribute = Object.entries(attributes).map(([name, value]) => ({ name, ...attributeValue(value) }));
  return { op_type: type, name: `${type}_${output[0]}`, input, output, attribute, ...more };
}

/** Whole numbers are ints; `{f}`, `{floats}`, `{t}`, `{g}` and `{ref_attr_name}` say what they are. */
function attributeValue(value) {
  if (typeof value === 'number') return { i: value, type: 2 };
  if (typeof value === 'string') return { s: Buffer.from(value), type: 3 };
  if (Array.isArray(value)) return { ints: value, type: 7 };
  const types = { f: 1, t: 4, g: 5, floats: 6, ref_attr_name: 1 };
  return { ...value, type: types[Object.keys(value)[0]] };
}

/** A tensor of floats as raw bytes: small numbers that count up. */
export function floats(name, dims) {
  const count = dims.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from({ length: count }, (_, i) => ((i % 13) - 6) / 7);
  return { name, dims, data_type: F32, raw_data: new Uint8Array(data.buffer) };
}

/** A list of whole numbers in the typed field. */
export function ints(name, ...values) {
  return { name, dims: [values.length], data_type: I64, int64_data: values };
}

/** A single truth value. */
export function truth(name, value) {
  return { name, dims: [], data_type: BOOL, int32_data: [Number(value)] };
}
