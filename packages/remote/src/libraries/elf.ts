import { closeSync, openSync, readSync } from 'node:fs';

/** What a program or library says about itself. */
export interface ElfFile {
  /** As `uname -m` names it, where we know it: `riscv64`, `x86_64`, `aarch64`. */
  readonly machine: string;
  /** Path of the dynamic loader; undefined for libraries and static programs. */
  readonly interpreter?: string;
  /** Shared libraries it is linked with. */
  readonly needed: readonly string[];
}

const MACHINES: Readonly<Record<number, string>> = {
  3: 'i686',
  40: 'arm',
  62: 'x86_64',
  183: 'aarch64',
  243: 'riscv64',
};

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

/** More than any header, dynamic section or string table takes that we read. */
const MOST_BYTES = 1 << 20;

/** Reads a 64-bit little-endian ELF file, or the first one in an archive (.a); undefined for anything else. */
export function readElf(path: string): ElfFile | undefined {
  const file = openSync(path, 'r');
  try {
    const start = archiveStart((at, length) => read(file, at, length));
    return start === undefined ? undefined : parse((at, length) => read(file, start + at, length));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

type Read = (at: number, length: number) => Buffer;

function read(file: number, at: number, length: number): Buffer {
  if (!(at >= 0 && length >= 0 && length <= MOST_BYTES)) throw new RangeError('outside of the file');
  const bytes = Buffer.alloc(length);
  const count = readSync(file, bytes, 0, length, at);
  return bytes.subarray(0, count);
}

/** Where the ELF file begins: at 0, or behind the header of an archive's first member that is one. */
function archiveStart(bytes: Read): number | undefined {
  if (isElf(bytes(0, 4))) return 0;
  if (bytes(0, 8).toString('latin1') !== '!<arch>\n') return undefined;
  // Symbol and name tables come first; a member is padded to an even size.
  for (let at = 8, member = 0; member < 8; member++) {
    const size = Number(bytes(at + 48, 10).toString('latin1'));
    if (isElf(bytes(at + 60, 4))) return at + 60;
    if (!Number.isSafeInteger(size)) return undefined;
    at += 60 + size + (size % 2);
  }
  return undefined;
}

function isElf(magic: Buffer): boolean {
  return magic.toString('latin1') === '\u007fELF';
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly size: number;
}

function parse(bytes: Read): ElfFile | undefined {
  const header = bytes(0, 64);
  if (header.readUInt8(4) !== 2 || header.readUInt8(5) !== 1) return undefined;
  const code = header.readUInt16LE(18);
  const machine = MACHINES[code] ?? `machine ${code}`;
  const segments = readSegments(bytes, header);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  return {
    machine,
    needed: readNeeded(bytes, segments),
    ...(interpreter === undefined ? {} : { interpreter: cText(bytes(interpreter.offset, interpreter.size), 0) }),
  };
}

function readSegments(bytes: Read, header: Buffer): readonly Segment[] {
  const [at, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = bytes(at, size * count);
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size);
    return {
      type: entry.readUInt32LE(0),
      offset: Number(entry.readBigUInt64LE(8)),
      address: entry.readBigUInt64LE(16),
      size: Number(entry.readBigUInt64LE(32)),
    };
  });
}

function readNeeded(bytes: Read, segments: readonly Segment[]): readonly string[] {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const table = bytes(dynamic.offset, dynamic.size);
  const entries = Array.from({ length: Math.floor(table.length / 16) }, (_, index) => ({
    tag: table.readBigUInt64LE(16 * index),
    value: table.readBigUInt64LE(16 * index + 8),
  }));
  const strings = entries.find(({ tag }) => tag === DT_STRTAB)?.value;
  const home = segments.find(
    ({ type, address, size }) =>
      type === PT_LOAD && strings !== undefined && strings >= address && strings < address + BigInt(size),
  );
  if (strings === undefined || home === undefined) return [];
  const start = home.offset + Number(strings - home.address);
  const text = bytes(start, Math.min(MOST_BYTES, home.offset + home.size - start));
  return entries.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => cText(text, Number(value)));
}

function cText(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 ? bytes.length : end);
}
