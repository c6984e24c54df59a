import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say, SetupError } from './say.mjs';

/** Builds the packages when a source has changed since the last build. */
export function buildPackages(root, checkOnly) {
  const stamp = join(root, 'node_modules', '.ait-rvv-build');
  const hash = sourceHash(root);
  const built = readdirSync(join(root, 'packages')).every((name) =>
    existsSync(join(root, 'packages', name, 'dist', 'index.js')),
  );
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false;
  if (checkOnly) throw new SetupError('the packages are not built; run npm run setup');
  say('building the packages');
  const env = { ...process.env, NX_DAEMON: 'false', NX_CACHE_DIRECTORY: join(root, '.nx', 'cache') };
  run('npx', ['nx', 'run-many', '-t', 'build'], { cwd: root, env });
  writeFileSync(stamp, hash);
  return true;
}

function sourceHash(root) {
  const hash = createHash('sha256');
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else hash.update(entry.name).update(readFileSync(path));
    }
  };
  for (const name of readdirSync(join(root, 'packages')).sort()) {
    visit(join(root, 'packages', name, 'src'));
    for (const file of ['package.json', 'tsconfig.json']) hash.update(readFileSync(join(root, 'packages', name, file)));
  }
  for (const file of ['tsconfig.base.json', '.swcrc', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
