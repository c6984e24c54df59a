import { byteSize, viewData, type DType } from '../core/dtype.js';
import type { Tensor } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { toBigInt, toNumber, type Int64, type TensorMessage } from './messages.js';

/** TensorProto.DataType of the element types we have. */
export const ELEMENT_TYPES: Readonly<Record<number, DType>> = {
  1: 'f32',
  2: 'u8',
  3: 'i8',
  4: 'u16',
  6: 'i32',
  7: 'i64',
  9: 'bool',
  10: 'f16',
  11: 'f64',
};

const NAMES = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
];

/** The ONNX name of an element type, for messages. */
export function elementTypeName(type: number): string {
  return NAMES[type] ?? `type ${type}`;
}

/** Reads `length` bytes (all that follow if undefined) at `offset` of a file in the model's folder. */
export type ExternalReader = (location: string, offset: number, length: number | undefined) => Uint8Array;

/** The elements of a TensorProto: raw, typed or external data. Sizes are checked before anything is allocated. */
export function readTensor(message: Partial<TensorMessage>, external: ExternalReader | undefined): Tensor {
  const where = `tensor ${quoteName(message.name ?? '')}`;
  const dtype = ELEMENT_TYPES[message.data_type ?? 0];
  if (dtype === undefined) {
    fail('AIT2103', `element type ${elementTypeName(message.data_type ?? 0)} is not supported.`, { where });
  }
  const shape = (message.dims ?? []).map(toNumber);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0) || !Number.isSafeInteger(count * 8)) {
    fail('AIT1002', `the shape [${shape.join(',')}] is impossible.`, { where });
  }
  if (message.data_location === 1)
    return {
      dtype,
      shape,
      data: viewAligned(dtype, externalBytes(message, count * byteSize(dtype), external, where), count),
    };
  const raw = message.raw_data;
  if (raw !== undefined && raw.length > 0) {
    const wanted = count * byteSize(dtype);
    if (raw.length !== wanted) {
      fail('AIT1002', `has ${raw.length} bytes of data, ${dtype}[${shape.join(',')}] needs ${wanted}.`, { where });
    }
    return { dtype, shape, data: viewAligned(dtype, raw, count) };
  }
  return { dtype, shape, data: typedData(message, dtype, count, where) };
}

/** A view where the bytes are aligned, a copy where they are not. */
function viewAligned(dtype: DType, bytes: Uint8Array, count: number): Tensor['data'] {
  if (bytes.byteOffset % byteSize(dtype) === 0) return viewData(dtype, bytes.buffer, bytes.byteOffset, count);
  // Not slice(): that of a Node.js Buffer shares memory.
  return viewData(dtype, new Uint8Array(bytes).buffer, 0, count);
}

function typedData(message: Partial<TensorMessage>, dtype: DType, count: number, where: string): Tensor['data'] {
  const source: readonly (number | Int64)[] =
    (dtype === 'f32'
      ? message.float_data
      : dtype === 'f64'
        ? message.double_data
        : dtype === 'i64'
          ? message.int64_data
          : message.int32_data) ?? [];
  if (source.length !== count) {
    fail(
      'AIT1002',
      `has ${source.length} elements, ${dtype}[${(message.dims ?? []).map(toNumber).join(',')}] needs ${count}.`,
      { where },
    );
  }
  const data = viewData(dtype, new ArrayBuffer(count * byteSize(dtype)), 0, count);
  if (data instanceof BigInt64Array) source.forEach((value, i) => void (data[i] = toBigInt(value)));
  else source.forEach((value, i) => void (data[i] = toNumber(value)));
  return data;
}

function externalBytes(
  message: Partial<TensorMessage>,
  size: number,
  external: ExternalReader | undefined,
  where: string,
): Uint8Array {
  const entry = (key: string): string | undefined => message.external_data?.find((pair) => pair.key === key)?.value;
  const location = entry('location');
  if (external === undefined || location === undefined)
    fail('AIT1004', 'its external data cannot be found.', { where });
  const offset = wholeNumber(entry('offset') ?? '0');
  const length = entry('length');
  if (offset === undefined || (length !== undefined && wholeNumber(length) !== size)) {
    fail(
      'AIT1004',
      `its external data has ${length ?? '?'} bytes at ${entry('offset') ?? '0'}, its shape needs ${size}.`,
      { where },
    );
  }
  const bytes = external(location, offset, size);
  if (bytes.length !== size)
    fail('AIT1004', `its external data has ${bytes.length} bytes, its shape needs ${size}.`, { where });
  return bytes;
}

function wholeNumber(text: string): number | undefined {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
