import type { Options as OptionDef } from 'yargs';

export type { OptionDef };

/** Values of the options of one command, checked by yargs. */
export type Values = Readonly<Record<string, unknown>>;

/** Environment variables, as a command is given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command may know of the world around it. */
export interface CommandContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** The result of the command, on stdout. */
  readonly print: (text: string) => void;
  /** Progress and remarks, on stderr. */
  readonly log: (text: string) => void;
}

/** The context of a process: prints to its streams, and ends quietly when nobody reads them any more. */
export function processContext(env: Environment, signal: AbortSignal): CommandContext {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error') === 0) stream.on('error', endWithReader);
  }
  return {
    env,
    signal,
    print: (text) => void process.stdout.write(`${text}\n`),
    log: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** `ait-rvv … | head` closes the pipe early. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

export interface Command<C extends CommandContext = CommandContext> {
  readonly name: string;
  /** Positional arguments, as yargs writes them: `<model>`. */
  readonly positional: string;
  readonly summary: string;
  readonly example: string;
  readonly options: Readonly<Record<string, OptionDef>>;
  /** Returns the exit code; throws for anything that {@link explain} turns into one. */
  run(values: Values, context: C): Promise<number>;
}

/** A text option; undefined when it was not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function flag(values: Values, name: string): boolean {
  return values[name] === true;
}

export function list(values: Values, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}
