import { CODES, type DiagnosticCode, type DiagnosticKind } from './codes.js';

/** One finding: what is wrong, where, and what to do about it. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** The node, value or file concerned, ready for reading: `conv2d "layer1.0.conv1"`. */
  readonly where?: string;
  readonly message: string;
  readonly hint?: string;
}

/** Thrown when compilation cannot go on; carries every finding of the failed step, not only the first. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.diagnostics = diagnostics;
  }

  /** The gravest kind among the findings: a bug outranks bad input, which outranks a missing feature. */
  get kind(): Exclude<DiagnosticKind, 'warning'> {
    const kinds = this.diagnostics.map((diagnostic) => CODES[diagnostic.code].kind);
    return kinds.find((kind) => kind === 'bug') ?? kinds.find((kind) => kind === 'input') ?? 'unsupported';
  }
}

/** Stops with a single finding. */
export function fail(code: DiagnosticCode, message: string, details: { where?: string; hint?: string } = {}): never {
  throw new CompileError([{ code, message, ...details }]);
}

/** `AIT2101 conv2d "stem": weight expects 4 input channels, input has 3. Set groups.` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const where = diagnostic.where === undefined ? '' : ` ${diagnostic.where}:`;
  const hint = diagnostic.hint === undefined ? '' : ` ${diagnostic.hint}`;
  return `${diagnostic.code}${where} ${diagnostic.message}${hint}`;
}

/** A name from a model made safe and short for a message: control characters escaped, long ones cut. */
export function quoteName(name: string, limit = 80): string {
  const cut = name.length > limit ? `${name.slice(0, limit)}…` : name;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
