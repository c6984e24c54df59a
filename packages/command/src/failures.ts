import { CompileError, formatDiagnostic } from '@ait-rvv/ir';

/** Exit codes of the command line. */
export const EXIT = {
  ok: 0,
  checkFailed: 1,
  usage: 2,
  toolMissing: 3,
  unsupported: 4,
  buildFailed: 5,
  device: 6,
  interrupted: 130,
} as const;

/** A wrong command line or input file: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.hints = hints;
  }
}

/** A check that did not pass: exit code 1. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  readonly notes: readonly string[];

  constructor(message: string, notes: readonly string[] = []) {
    super(message);
    this.notes = notes;
  }
}

export interface Failure {
  readonly exitCode: number;
  /** `error: …` first, then `hint:` and `note:` lines. */
  readonly lines: readonly string[];
}

/** What an error of some package means for the user; undefined for an error it does not know. */
export type Explain = (error: unknown) => Failure | undefined;

/** What an error means for the user. */
export function explain(error: unknown, more: Explain = () => undefined): Failure {
  if (error instanceof UsageError) return failure(EXIT.usage, error.message, 'hint', error.hints);
  if (error instanceof CheckError) return failure(EXIT.checkFailed, error.message, 'note', error.notes);
  if (error instanceof CompileError) return explainCompile(error);
  const known = more(error);
  if (known !== undefined) return known;
  const full = fullDisk(error);
  if (full !== undefined) return full;
  const text = error instanceof Error ? error.message : String(error);
  return failure(EXIT.buildFailed, `${text} (this is a bug of ait-rvv)`, 'hint', [
    'run again with --debug for the stack trace',
  ]);
}

/** Wherever a file was being written when room ended. */
function fullDisk(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined;
  const place = dest ?? path;
  const what = place === undefined ? '' : `: cannot write ${JSON.stringify(place)}`;
  return failure(EXIT.usage, `the disk is full${what}`, 'hint', [
    'make room there and run again; TMPDIR names another place for temporary files',
  ]);
}

function explainCompile(error: CompileError): Failure {
  const [first, ...more] = error.diagnostics.map(formatDiagnostic);
  switch (error.kind) {
    case 'input':
      return failure(EXIT.usage, first ?? 'the model cannot be read', 'note', more);
    case 'unsupported': {
      const count = error.diagnostics.length;
      const message = `${count} node${count === 1 ? ' is' : 's are'} not supported`;
      return failure(EXIT.unsupported, message, 'note', [first ?? '', ...more]);
    }
    case 'bug':
      return failure(EXIT.buildFailed, `${first ?? 'the graph is broken'} (this is a bug of ait-rvv)`, 'note', more);
  }
}

export function failure(exitCode: number, message: string, kind: 'hint' | 'note', more: readonly string[]): Failure {
  const [head = '', ...tail] = message.split('\n');
  const rest = [...tail, ...more].filter((line) => line.trim() !== '');
  return {
    exitCode,
    lines: [
      `error: ${printable(head)}`.slice(0, 600),
      ...rest.map((line) => `${kind}: ${printable(line)}`.slice(0, 600)),
    ],
  };
}

/** Control characters escaped, so that no name from a file can steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
