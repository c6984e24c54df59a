import { root } from '@ait-rvv/runtime';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** C sources that stand in for a part of the runtime: path in the bundle to text, and the file to compile. */
export interface RuntimeSource {
  readonly files: ReadonlyMap<string, string>;
  readonly source: string;
}

/** Which runtime sources a model's library needs, and which only its program. */
export interface RuntimeFiles {
  /** Path in the bundle to text: headers under include/ait, sources under src/runtime. */
  readonly files: ReadonlyMap<string, string>;
  readonly library: readonly string[];
  readonly program: readonly string[];
}

interface SourceList {
  readonly library: readonly string[];
  /** The team of threads behind ait/workers.h. */
  readonly workers: string;
  readonly program: readonly string[];
}

/** A C file of native/runtime, by its path there. */
export function readRuntimeFile(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The sources that native/runtime lists in sources.json, with the given team of threads instead of its own. */
export function runtimeFiles(workers?: RuntimeSource): RuntimeFiles {
  const list = JSON.parse(readRuntimeFile('sources.json')) as SourceList;
  const files = new Map<string, string>(workers?.files);
  for (const header of readdirSync(join(root, 'include/ait')).sort()) {
    files.set(`include/ait/${header}`, readRuntimeFile(`include/ait/${header}`));
  }
  const copied = (sources: readonly string[]): string[] =>
    sources.map((source) => {
      const path = `src/runtime/${source}`;
      files.set(path, readRuntimeFile(`src/${source}`));
      return path;
    });
  const team = workers === undefined ? copied([list.workers]) : [workers.source];
  return { files, library: [...copied(list.library), ...team], program: copied(list.program) };
}
