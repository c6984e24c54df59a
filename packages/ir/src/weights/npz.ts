import type { Tensor } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { readNpy, writeNpy } from './npy.js';

/** Decompresses a raw deflate stream to at most `size` bytes; injected, since this package runs anywhere. */
export type Inflate = (bytes: Uint8Array, size: number) => Uint8Array;

const END = 22;
const CENTRAL = 46;
const LOCAL = 30;

/** A tensor larger than this does not fit one buffer. */
const LARGEST = 2 ** 32 - 1;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly stored: number;
  readonly size: number;
  readonly local: number;
}

/**
 * Reads a .npz archive: tensors by name, entries stored or deflated. Entry names serve as tensor names only. Throws
 * AIT2202.
 */
export function readNpz(bytes: Uint8Array, inflate: Inflate): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const entry of directory(bytes)) {
    const name = entry.name.replace(/\.npy$/, '');
    if (tensors.has(name)) fail('AIT2202', 'occurs twice in the .npz file.', { where: quoteName(name) });
    tensors.set(name, readNpy(contents(bytes, entry, inflate), name));
  }
  return tensors;
}

/** The .npz form of tensors, as numpy.savez writes it: stored entries, no dates. */
export function writeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const file = new TextEncoder().encode(`${name}.npy`);
    const body = writeNpy(tensor);
    if (file.length > 65535 || offset + body.length > LARGEST)
      fail('AIT2202', 'is too large for a .npz file.', { where: quoteName(name) });
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, 20, true);
    // Names are UTF-8; the date is 1 January 1980, so that equal tensors give equal files.
    shared.setUint16(2, 0x800, true);
    shared.setUint16(8, 0x21, true);
    shared.setUint32(10, crc32(body), true);
    shared.setUint32(14, body.length, true);
    shared.setUint32(18, body.length, true);
    shared.setUint16(22, file.length, true);
    const record = new Uint8Array(shared.buffer);
    parts.push(Uint8Array.of(0x50, 0x4b, 3, 4), record, file, body);
    const tail = new DataView(new ArrayBuffer(14));
    tail.setUint32(10, offset, true);
    // Version made by, then the fields a local header has (its last two bytes, the extra length, are the first of tail).
    central.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0), record.subarray(0, 26), new Uint8Array(tail.buffer), file);
    offset += LOCAL + file.length + body.length;
  }
  const directoryBytes = central.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(END));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, tensors.size, true);
  end.setUint16(10, tensors.size, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, offset, true);
  return join([...parts, ...central, new Uint8Array(end.buffer)]);
}

function directory(bytes: Uint8Array): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END;
  while (end >= 0 && end >= bytes.length - END - 65535 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) fail('AIT2202', 'this is no .npz file.');
  let at = view.getUint32(end + 16, true);
  const stop = at + view.getUint32(end + 12, true);
  const entries: Entry[] = [];
  while (at + CENTRAL <= stop && stop <= end && view.getUint32(at, true) === 0x02014b50) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    if (at + CENTRAL + name + extra + comment > stop) fail('AIT2202', 'the directory of the .npz file is damaged.');
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + CENTRAL, at + CENTRAL + name)),
      method: view.getUint16(at + 10, true),
      stored: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    });
    at += CENTRAL + name + extra + comment;
  }
  if (at !== stop) fail('AIT2202', 'the directory of the .npz file is damaged.');
  return entries;
}

function contents(bytes: Uint8Array, entry: Entry, inflate: Inflate): Uint8Array {
  const where = quoteName(entry.name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ([entry.size, entry.stored, entry.local].includes(LARGEST)) fail('AIT2202', 'is larger than 4 GiB.', { where });
  if (entry.local + LOCAL > bytes.length || view.getUint32(entry.local, true) !== 0x04034b50) {
    fail('AIT2202', 'lies outside the .npz file.', { where });
  }
  const start = entry.local + LOCAL + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
  if (start + entry.stored > bytes.length) fail('AIT2202', 'lies outside the .npz file.', { where });
  const raw = bytes.subarray(start, start + entry.stored);
  if (entry.method === 0) return raw;
  if (entry.method !== 8)
    fail('AIT2202', `is compressed by method ${entry.method}.`, { where, hint: 'Save with numpy.savez.' });
  // Deflate packs at most 1032:1; a larger claim is a trap.
  if (entry.size > entry.stored * 1040 + 64) fail('AIT2202', 'claims an impossible size.', { where });
  try {
    return inflate(raw, entry.size);
  } catch {
    return fail('AIT2202', 'cannot be decompressed.', { where });
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let c = byte;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 of the zip format. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
