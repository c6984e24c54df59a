import { root } from '@ait-rvv/runtime';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which runtime sources a model's library needs, and which only its program. */
export interface RuntimeFiles {
  /** Path in the bundle to text: headers under include/ait, sources under src/runtime. */
  readonly files: ReadonlyMap<string, string>;
  readonly library: readonly string[];
  readonly program: readonly string[];
}

interface SourceList {
  readonly library: readonly string[];
  readonly program: readonly string[];
}

/** The one look-up of C assets: native/runtime lists its own sources in sources.json. */
export function runtimeFiles(): RuntimeFiles {
  const files = new Map<string, string>();
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const list = JSON.parse(read('sources.json')) as SourceList;
  for (const header of readdirSync(join(root, 'include/ait')).sort()) {
    files.set(`include/ait/${header}`, read(`include/ait/${header}`));
  }
  const copied = (sources: readonly string[]): string[] =>
    sources.map((source) => {
      const path = `src/runtime/${source}`;
      files.set(path, read(`src/${source}`));
      return path;
    });
  return { files, library: copied(list.library), program: copied(list.program) };
}
