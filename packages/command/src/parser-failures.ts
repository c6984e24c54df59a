import { nearest } from '@ait-rvv/ir';
import type { Command } from './command.js';

/** What of a command a message needs. */
type Described = Pick<Command, 'name' | 'positional' | 'example' | 'options'>;
import { UsageError } from './failures.js';

/**
 * Says in one line what yargs has found wrong with a command line, and what was probably meant. `called` is what the
 * user types before the arguments: `ait-rvv compile`.
 */
export function explainParser(
  message: string,
  command: Described | undefined,
  called: string,
  argv: readonly string[],
): UsageError {
  const plain = message.replace(/\n/g, ' ');
  if (command === undefined) return new UsageError(plain);
  const example = [`for example ${command.example}`];
  const [, missing] = /^Missing required argument: (\S+)/.exec(message) ?? [];
  if (missing !== undefined) return new UsageError(`${command.name} needs --${missing}`, example);
  if (message.startsWith('Not enough non-option'))
    return new UsageError(`${command.name} needs ${command.positional}`, example);
  const [, option, given, choices = ''] = /Argument: ([^,]+), Given: "(.*)", Choices: (.*)/.exec(message) ?? [];
  if (option !== undefined)
    return new UsageError(`--${option} takes ${choices.replace(/"/g, '')}, not ${JSON.stringify(given)}`);
  const [, unknown] = /^Unknown (?:arguments?|commands?): ([^,]+)/.exec(message) ?? [];
  return unknown === undefined
    ? new UsageError(plain, [helpOf(called)])
    : unknownArgument(unknown, command, called, argv);
}

/** yargs names all unknown arguments in one line, options without their dashes; ours names the first. */
function unknownArgument(unknown: string, command: Described, called: string, argv: readonly string[]): UsageError {
  const isOption = argv.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === unknown);
  if (!isOption) return new UsageError(`${command.name} does not take ${JSON.stringify(unknown)}`, [helpOf(called)]);
  const guess = nearest(unknown, Object.keys(command.options));
  return new UsageError(`${command.name} has no option --${unknown}`, [
    guess === undefined ? helpOf(called) : `did you mean --${guess}?`,
  ]);
}

function helpOf(called: string): string {
  return `${called} --help lists its options`;
}
