import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

// By a hook, since a worker is ended before it could clean up on its exit. Registered when a test file imports this, so
// that it runs after the file's own hooks, which may still use the folders.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder that is gone when the test file is through. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ait-test-'));
  folders.push(folder);
  return folder;
}
