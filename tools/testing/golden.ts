import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Compares with the files of a folder; UPDATE_GOLDENS=1 writes them anew. */
export function compareGolden(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  if (process.env['UPDATE_GOLDENS'] === '1') {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
  }
  if (!existsSync(folder)) throw new Error(`there is no golden folder ${folder}; write it with UPDATE_GOLDENS=1`);
  const known = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(known).toHaveLength(files.size);
  for (const [path, bytes] of files)
    expect(new TextDecoder().decode(bytes)).toBe(readFileSync(join(folder, path), 'utf8'));
}
