import { root } from '@ait-rvv/board';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellCommand, type ShellCommand } from './quote.js';

/** The scripts of native/board, whose README says what each does. */
export const BOARD_SCRIPTS = [
  'adopt',
  'clean',
  'conditions',
  'describe',
  'echo',
  'have',
  'link',
  'lock',
  'place',
  'read',
  'store',
  'supervise',
  'unlink',
  'write',
] as const;

export type BoardScript = (typeof BOARD_SCRIPTS)[number];

const texts = new Map<BoardScript, string>();

/** Words that run a script: its text and its arguments, which it sees as $1, $2, …. */
export function scriptArgv(script: BoardScript, args: readonly string[]): readonly string[] {
  let text = texts.get(script);
  if (text === undefined) texts.set(script, (text = readFileSync(join(root, 'scripts', `${script}.sh`), 'utf8')));
  return ['sh', '-c', text, script, ...args];
}

/** The same for a remote shell. */
export function scriptCommand(script: BoardScript, args: readonly string[]): ShellCommand {
  return shellCommand(scriptArgv(script, args));
}
