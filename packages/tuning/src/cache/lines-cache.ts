import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { CacheError, damaged, tooNew, unwritable, type MeasurementCache } from './cache.js';
import { withFileLock } from './file-lock.js';
import { keyText, measurementSchema, type Measurement } from './measurement.js';

const FORMAT = 1;
const HEADER = `{"ait-rvv-tuning":${FORMAT}}\n`;
/** What the header of any format begins with. */
const HEADER_START = '{"ait-rvv-tuning":';

/**
 * Measurements in a text file, for machines without SQLite: a header, then one line an append, a JSON list each. A line
 * without an end was being written when its process died, and does not count.
 */
export class LinesCache implements MeasurementCache {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static open(path: string, mode: 'read' | 'write'): LinesCache {
    const cache = new LinesCache(path);
    if (mode === 'write') cache.#write('');
    cache.all();
    return cache;
  }

  static recognises(firstBytes: string): boolean {
    return firstBytes.startsWith(HEADER_START) || HEADER_START.startsWith(firstBytes);
  }

  all(): readonly Measurement[] {
    const text = readFileSync(this.path, 'utf8');
    const lines = text.split('\n').slice(0, -1);
    const [header = '', ...body] = lines;
    const version = Number(/^\{"ait-rvv-tuning":([0-9]{1,6})\}$/.exec(header)?.[1] ?? NaN);
    if (Number.isNaN(version)) throw damaged(this.path, 'its first line is no header');
    if (version > FORMAT) throw tooNew(this.path, version, FORMAT);
    const byKey = new Map<string, Measurement>();
    for (const line of body) {
      for (const one of this.#parse(line)) if (!byKey.has(keyText(one))) byKey.set(keyText(one), one);
    }
    return [...byKey.values()];
  }

  append(list: readonly Measurement[]): void {
    this.#write(`${JSON.stringify(list)}\n`);
  }

  close(): void {
    // Nothing is held open between appends.
  }

  #parse(line: string): readonly Measurement[] {
    // A torn line that a later append has ended.
    if (!line.endsWith(']')) return [];
    try {
      const parsed = measurementSchema.array().safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data;
    } catch {
      // Said below.
    }
    throw damaged(this.path, 'it is damaged');
  }

  /** Appends a text whole or not at all; a new file begins with the header, a torn end is ended first. */
  #write(text: string): void {
    try {
      withFileLock(`${this.path}.lock`, () => {
        const file = openSync(this.path, existsSync(this.path) ? 'r+' : 'wx+');
        try {
          const { size } = fstatSync(file);
          const before = size === 0 ? HEADER : endsLine(file, size) ? '' : '\n';
          writeWhole(file, Buffer.from(before + text), size);
        } finally {
          closeSync(file);
        }
      });
    } catch (error) {
      if (error instanceof CacheError) throw error;
      throw unwritable(this.path, reason(error as NodeJS.ErrnoException));
    }
  }
}

function endsLine(file: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() === '\n';
}

function writeWhole(file: number, bytes: Buffer, at: number): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
  } catch (error) {
    ftruncateSync(file, at);
    throw error;
  }
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'it is read-only';
    case 'ENOENT':
      return 'the folder does not exist';
    default:
      return code ?? message;
  }
}
