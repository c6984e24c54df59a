import { spawnSync } from 'node:child_process';
import { root } from '../start/ait-rvv.mjs';

/** Makes the pages anew of what is recorded. Returns the generator's exit code. */
export function makePages() {
  return spawnSync(process.execPath, ['tools/docs/main.mjs'], { cwd: root, stdio: 'inherit' }).status ?? 1;
}
