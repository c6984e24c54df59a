import { spawnSync } from 'node:child_process';

/** One line of progress. */
export function say(text) {
  console.log(`setup: ${text}`);
}

/** Ends the set-up with one clear line. */
export class SetupError extends Error {}

/** Runs a command and returns its output; a failure shows the end of what it printed. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.status === 0) return result.stdout ?? '';
  const printed = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.trim().split('\n').slice(-12).join('\n');
  throw new SetupError(
    `${command} ${args.slice(0, 3).join(' ')} … failed${result.error ? ` (${result.error.message})` : ''}:\n${printed}`,
  );
}

/** Whether a command can be started at all. */
export function exists(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}
