import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { UsageError } from './failures.js';

/** A tensor of more bytes fits no buffer. */
const LARGEST = 2 ** 32 - 1;

/**
 * Reads external tensor data lazily, by offset. No location leaves the model's folder, not through `..`, an absolute
 * path or a symbolic link.
 */
export function externalReader(
  folder: string,
): (location: string, offset: number, length: number | undefined) => Uint8Array {
  return (location, offset, length) => {
    const path = safePath(folder, location);
    const file = openData(path, location);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new UsageError(`external data ${JSON.stringify(location)} is no ordinary file`);
      const { size } = stat;
      const count = length ?? size - offset;
      if (count > LARGEST)
        throw new UsageError(`external data ${JSON.stringify(location)} is one tensor of over 4 GiB`);
      if (offset < 0 || count < 0 || offset + count > size) {
        throw new UsageError(
          `external data ${JSON.stringify(location)} has ${size} bytes; the model wants ${count} at ${offset}`,
        );
      }
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count;) {
        const got = readSync(file, bytes, at, Math.min(count - at, 1 << 30), offset + at);
        if (got === 0) throw new UsageError(`external data ${JSON.stringify(location)} ends early`);
        at += got;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  };
}

/** Without waiting: opening a pipe would last until somebody writes into it. */
function openData(path: string, location: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    throw new UsageError(`external data ${JSON.stringify(location)} cannot be read`);
  }
}

function safePath(folder: string, location: string): string {
  const outside = (path: string, root: string): boolean => {
    const way = relative(root, path);
    return way.startsWith('..') || isAbsolute(way);
  };
  const path = resolve(folder, location);
  if (isAbsolute(location) || location.includes('\\') || location.includes('\0') || outside(path, resolve(folder))) {
    throw new UsageError(`external data ${JSON.stringify(location)} lies outside the model's folder`);
  }
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    throw new UsageError(`there is no external data file ${JSON.stringify(join(folder, location))}`);
  }
  if (outside(real, realpathSync(resolve(folder))))
    throw new UsageError(`external data ${JSON.stringify(location)} lies outside the model's folder`);
  return real;
}
