import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './failures.js';

/** A file of at most this size is read at once. */
const LARGEST = 2 ** 31 - 1;

/** Reads a file the user has named, or says what is wrong with it. */
export function readInputFile(path: string, what: string): Uint8Array {
  let stat;
  try {
    stat = statSync(path);
  } catch {
    throw new UsageError(`there is no ${what} file ${JSON.stringify(path)}`);
  }
  if (!stat.isFile())
    throw new UsageError(
      `${JSON.stringify(path)} is a ${stat.isDirectory() ? 'folder' : 'special file'}, not a ${what} file`,
    );
  if (stat.size > LARGEST) {
    throw new UsageError(`${JSON.stringify(path)} is larger than 2 GiB`, [
      'store the weights of a large model as external data',
    ]);
  }
  try {
    return readFileSync(path);
  } catch {
    throw new UsageError(`${JSON.stringify(path)} cannot be read`);
  }
}

/** Writes a file beside its place and renames it: it is there whole or not at all. */
export function writeOutputFile(path: string, contents: Uint8Array | string): void {
  const part = join(dirname(resolve(path)), `.${basename(path)}.${process.pid}.part`);
  try {
    writeFileSync(part, contents);
    renameSync(part, path);
  } catch {
    rmSync(part, { force: true });
    throw new UsageError(`cannot write ${JSON.stringify(path)}`);
  }
}

/** A folder being filled beside its place: `commit` puts it there, `abandon` leaves nothing behind. */
export interface StagedFolder {
  readonly path: string;
  commit(): void;
  abandon(): void;
}

/**
 * Stages an output folder. What is there already is replaced only if it is a program of ours (it has a manifest), or
 * empty.
 */
export function stageFolder(target: string): StagedFolder {
  const place = resolve(target);
  if (existsSync(place) && !existsSync(join(place, 'manifest.json'))) {
    if (!statSync(place).isDirectory() || readdirSync(place).length > 0) {
      throw new UsageError(`${JSON.stringify(target)} exists and is no output folder of ait-rvv`, [
        'choose another -o, or remove it first',
      ]);
    }
  }
  let path: string;
  try {
    mkdirSync(dirname(place), { recursive: true });
    path = mkdtempSync(join(dirname(place), `.${basename(place)}.part-`));
  } catch {
    throw new UsageError(`cannot write ${JSON.stringify(target)}`);
  }
  return {
    path,
    commit() {
      const old = `${path}.old`;
      if (existsSync(place)) renameSync(place, old);
      renameSync(path, place);
      rmSync(old, { recursive: true, force: true });
    },
    abandon: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Runs `work` with a folder of its own, which is removed afterwards. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ait-rvv-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
