import { RemoteError } from '../errors.js';

declare const quoted: unique symbol;

/** Text for a shell in which every name is quoted. Made by {@link shellCommand} alone, and nothing else is ever sent. */
export type ShellCommand = string & { readonly [quoted]: true };

/**
 * A command line of these words for the shell of a board, whatever they contain. Words are quoted so that POSIX shells
 * and fish read them alike, and csh too, but for line ends. Throws RemoteError `device-failed` for a NUL, which no
 * program can be given.
 */
export function shellCommand(words: readonly string[]): ShellCommand {
  return words.map(quote).join(' ') as ShellCommand;
}

/** Characters that mean nothing to any shell, anywhere in a word. */
const PLAIN = /^[A-Za-z0-9_./@:+-]+$/;

function quote(word: string): string {
  if (word.includes('\0')) throw new RemoteError('device-failed', `${JSON.stringify(word)} contains a NUL character`);
  if (PLAIN.test(word)) return word;
  // fish reads \ inside single quotes, csh reads ! there; outside of them both take a backslash.
  const pieces = word.match(/'+|[\\!]|[^'\\!]+/g) ?? [];
  return pieces.length === 0 ? "''" : pieces.map(quotePiece).join('');
}

function quotePiece(piece: string): string {
  if (piece.startsWith("'")) return `"${piece}"`;
  return piece === '\\' || piece === '!' ? `\\${piece}` : `'${piece}'`;
}
