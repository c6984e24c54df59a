import { fileURLToPath } from 'node:url';
import { fetchBoard } from './board.mjs';
import { buildPackages } from './build.mjs';
import { checkNode, installNodePackages } from './node-packages.mjs';
import { say, SetupError } from './say.mjs';
import { installToolchain } from './toolchain.mjs';
import { installXnnpack } from './xnnpack.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checkOnly = process.argv.includes('--check');
const start = Date.now();

try {
  checkNode();
  const changes = [
    installNodePackages(root, checkOnly),
    buildPackages(root, checkOnly),
    await installToolchain(checkOnly),
    await installXnnpack(checkOnly),
    // The demonstration does without what only tests need.
    !process.argv.includes('--no-tests') && (await fetchBoard(checkOnly)),
  ];
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  say(changes.includes(true) ? `done (${seconds} s)` : 'everything is in place');
} catch (error) {
  if (!(error instanceof SetupError) && error?.name !== 'RemoteError') throw error;
  console.error(`error: ${error.message}`);
  for (const hint of error.hints ?? []) console.error(`hint: ${hint}`);
  process.exitCode = 3;
}
