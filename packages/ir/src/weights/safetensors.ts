import { byteSize, viewData, type DType, type TensorData } from '../core/dtype.js';
import { elementCount } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';

/** The format's spelling of the element types. */
const NAMES = {
  f32: 'F32',
  f64: 'F64',
  f16: 'F16',
  i8: 'I8',
  u8: 'U8',
  u16: 'U16',
  i32: 'I32',
  i64: 'I64',
  bool: 'BOOL',
} as const satisfies Record<DType, string>;

/** Bytes of the header's length, which stand before the header. */
const LENGTH = 8;
/** A longer header is refused, as the format's own reader does. */
const LONGEST_HEADER = 100_000_000;
const HIGHEST_RANK = 64;

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Bytes within the data, which follow the header. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a .safetensors file: tensors by name, in the order of the file. The header must account for every byte of the
 * data once. Throws AIT2202; `file` says which in messages.
 */
export function readSafetensors(bytes: Uint8Array, file: string): ReadonlyMap<string, Tensor> {
  const where = quoteName(file);
  const { header, data } = cut(bytes, where);
  const entries = parseHeader(header, data.length, where).sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      const problem = begin < at ? 'overlaps another tensor.' : 'leaves a gap before its data.';
      fail('AIT2202', problem, { where: `${where} tensor ${quoteName(name)}` });
    }
    at = end;
  }
  if (at !== data.length) fail('AIT2202', `has ${data.length - at} bytes that belong to no tensor.`, { where });
  return new Map(entries.map((entry) => [entry.name, readTensor(entry, data, where)]));
}

/** The .safetensors form of tensors: wide elements first, then by name, so that equal tensors give equal files. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const sorted = [...tensors].sort(
    ([a, x], [b, y]) => byteSize(y.dtype) - byteSize(x.dtype) || (a < b ? -1 : Number(a > b)),
  );
  let size = 0;
  const header = sorted.map(([name, { dtype, shape, data }]) => {
    const begin = size;
    size += data.byteLength;
    const entry = JSON.stringify({ dtype: NAMES[dtype], shape, data_offsets: [begin, size] });
    return `${JSON.stringify(name)}:${entry}`;
  });
  const text = new TextEncoder().encode(`{${header.join(',')}}`);
  const start = LENGTH + Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(start + size).fill(0x20, LENGTH, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - LENGTH), true);
  out.set(text, LENGTH);
  let at = start;
  for (const [, { data }] of sorted) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

function cut(bytes: Uint8Array, where: string): { header: Uint8Array; data: Uint8Array } {
  if (bytes.length < LENGTH + 2) fail('AIT2202', 'is no .safetensors file, or is cut off.', { where });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER) || bytes[LENGTH] !== 0x7b) {
    fail('AIT2202', 'is no .safetensors file.', { where });
  }
  const end = LENGTH + Number(length);
  if (end > bytes.length) fail('AIT2202', 'is cut off within its header.', { where });
  return { header: bytes.subarray(LENGTH, end), data: bytes.subarray(end) };
}

function parseHeader(header: Uint8Array, available: number, where: string): Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch {
    fail('AIT2202', 'has a .safetensors header that cannot be read.', { where });
  }
  if (!isRecord(parsed)) fail('AIT2202', 'has a .safetensors header that is no table of tensors.', { where });
  return Object.entries(parsed)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseEntry(name, entry, available, `${where} tensor ${quoteName(name)}`));
}

function parseEntry(name: string, entry: unknown, available: number, where: string): Entry {
  const damaged = (): never => fail('AIT2202', 'has an entry in the header that cannot be read.', { where });
  if (!isRecord(entry)) return damaged();
  const { dtype: type, shape, data_offsets: offsets } = entry;
  if (typeof type !== 'string' || !isExtents(shape) || !isExtents(offsets) || offsets.length !== 2) return damaged();
  const dtype = (Object.keys(NAMES) as DType[]).find((key) => NAMES[key] === type);
  if (dtype === undefined) {
    const hint = `Known are ${Object.values(NAMES).join(', ')}.`;
    fail('AIT2202', `has the element type ${quoteName(type, 20)}.`, { where, hint });
  }
  const [begin = 0, end = 0] = offsets;
  const size = elementCount(shape) * byteSize(dtype);
  if (shape.length > HIGHEST_RANK || !Number.isSafeInteger(size))
    fail('AIT2202', 'has an impossible shape.', { where });
  if (end > available || begin > end) fail('AIT2202', 'lies outside the file, which may be cut off.', { where });
  if (end - begin !== size) {
    fail('AIT2202', `has ${end - begin} bytes, ${type}[${shape.join(',')}] needs ${size}.`, { where });
  }
  return { name, dtype, shape, begin, end };
}

function readTensor({ name, dtype, shape, begin, end }: Entry, data: Uint8Array, where: string): Tensor {
  // A copy of its own is always aligned. Not slice(): that of a Node.js Buffer shares memory.
  const own = new Uint8Array(data.subarray(begin, end));
  if (dtype === 'bool' && own.some((byte) => byte > 1)) {
    fail('AIT2202', 'has an element that is neither false nor true.', { where: `${where} tensor ${quoteName(name)}` });
  }
  const elements: TensorData = viewData(dtype, own.buffer, 0, elementCount(shape));
  return { dtype, shape, data: elements };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of whole numbers that cannot overflow one by one. */
function isExtents(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && (one as number) >= 0);
}
