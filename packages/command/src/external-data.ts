import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { UsageError } from './failures.js';

/**
 * Reads external tensor data lazily, by offset. No location leaves the model's folder, not through `..`, an absolute
 * path or a symbolic link.
 */
export function externalReader(
  folder: string,
): (location: string, offset: number, length: number | undefined) => Uint8Array {
  return (location, offset, length) => {
    const path = safePath(folder, location);
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const count = length ?? size - offset;
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
