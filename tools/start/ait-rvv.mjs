import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('../../packages/cli/bin/ait-rvv.mjs', import.meta.url));

/** Ends the demonstration with the exit code of the command that failed. */
export class StepFailed extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Ends with the line and the exit code of a step that failed; any other error is a defect, and is thrown on. */
export function reportFailure(error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}

/** Shows a command line, runs it, and returns what it printed. */
export function aitRvv(args, { quiet = false } = {}) {
  if (!quiet) console.log(`$ npx ait-rvv ${args.join(' ')}`);
  const result = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (result.status !== 0)
    throw new StepFailed(`ait-rvv ${args[0]} ended with exit code ${result.status}`, result.status ?? 1);
  return result.stdout;
}
