import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The lint rule for TypeScript counts lines; this one does for everything else that is written by hand. */
const LONGEST = 500;
const root = fileURLToPath(new URL('../..', import.meta.url));
const { stdout } = spawnSync('git', ['ls-files', '*.ts', '*.mjs', '*.c', '*.h', '*.njk', '*.py', '*.sh'], {
  cwd: root,
  encoding: 'utf8',
});
const files = stdout.split('\n').filter((path) => path !== '' && !/(^|\/)(golden|generated)\//.test(path));
if (files.length === 0) throw new Error('git lists no files');
const long = files
  .map((path) => ({ path, lines: readFileSync(`${root}/${path}`, 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > LONGEST);
for (const { path, lines } of long) console.log(`${path}: ${lines} lines, at most ${LONGEST} are allowed`);
process.exitCode = long.length === 0 ? 0 : 1;
