import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs the static checks, then the tests, and ends with `N passed, N failed, N skipped`. `--full` adds the slow ones;
 * other arguments go to vitest (`npm test -- --project pure`).
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const full = process.argv.includes('--full');
const rest = process.argv.slice(2).filter((argument) => argument !== '--full');
const total = { passed: 0, failed: 0, skipped: 0 };

/** A static check counts as one test. */
function check(title, command, args) {
  const start = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${title} (${((Date.now() - start) / 1000).toFixed(0)} s)`);
  total[status === 0 ? 'passed' : 'failed']++;
}

/** Folders of what is published. */
function packages() {
  const published = (group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`);
  return [...published('packages'), ...published('native')].filter((folder) =>
    existsSync(join(root, folder, 'package.json')),
  );
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'ait-report-'));
  const path = join(folder, 'report.json');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'tools/test/reporter.mjs')}`];
  const env = { ...process.env, AIT_RVV_TEST_REPORT: path, AIT_RVV_TEST_FULL: full ? '1' : '0' };
  const { status } = spawnSync(bin('vitest'), ['run', ...reporters, ...rest], { cwd: root, stdio: 'inherit', env });
  const report = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : { passed: 0, failed: 1, skipped: 0, skips: [] };
  rmSync(folder, { recursive: true, force: true });
  for (const { test, reason } of report.skips) console.log(`skipped: ${test}: ${reason}`);
  for (const key of Object.keys(total)) total[key] += report[key];
  // What vitest counts as failure must show here, too.
  if (status !== 0 && report.failed === 0) total.failed++;
}

if (rest.length === 0) {
  check('types', bin('tsc'), ['-p', 'tsconfig.check.json']);
  check('lint', bin('eslint'), ['.']);
  check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']);
  check('generated pages', process.execPath, ['tools/docs/main.mjs', '--check']);
  check('file lengths', process.execPath, ['tools/test/file-lengths.mjs']);
  for (const folder of packages()) check(`package ${folder}`, bin('publint'), ['--strict', folder]);
}
runTests();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
