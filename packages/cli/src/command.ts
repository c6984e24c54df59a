import type { Options as OptionDef } from 'yargs';
import type { Context } from './context.js';

/** Values of the options of one command, checked by yargs. */
export type Values = Readonly<Record<string, unknown>>;

export interface Command {
  readonly name: string;
  /** Positional arguments, as yargs writes them: `<model>`. */
  readonly positional: string;
  readonly summary: string;
  readonly example: string;
  readonly options: Readonly<Record<string, OptionDef>>;
  run(values: Values, context: Context): Promise<number>;
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
