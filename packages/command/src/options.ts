import { MOST_NODES } from '@ait-rvv/ir/onnx';
import type { Options as OptionDef } from 'yargs';
import type { Values } from './command.js';
import { text } from './command.js';
import { UsageError } from './failures.js';

/** Options of every command that reads a model. */
export const MODEL_OPTIONS = {
  shape: { type: 'string', array: true, nargs: 1, describe: 'fix the shape of an input: NAME:D,D,…' },
  const: { type: 'string', array: true, nargs: 1, describe: 'bind an input to a value: NAME=FILE.npy' },
  'max-nodes': { type: 'string', default: String(MOST_NODES), describe: 'refuse an ONNX file of more nodes' },
} as const satisfies Record<string, OptionDef>;

export const JSON_OPTION = { json: { type: 'boolean', describe: 'print one JSON document' } } as const satisfies Record<
  string,
  OptionDef
>;

/** A whole number option within bounds; undefined when it was not given. */
export function whole(values: Values, name: string, low: number, high: number): number | undefined {
  const given = text(values, name);
  if (given === undefined) return undefined;
  const number = /^[0-9]{1,15}$/.test(given) ? Number(given) : NaN;
  if (!(number >= low && number <= high))
    throw new UsageError(`--${name} takes a whole number from ${low} to ${high}, not ${JSON.stringify(given)}`);
  return number;
}

/** A non-negative number option. */
export function real(values: Values, name: string, fallback: number): number {
  const given = text(values, name);
  if (given === undefined) return fallback;
  const number = given.trim() === '' ? NaN : Number(given);
  if (!(number >= 0 && Number.isFinite(number)))
    throw new UsageError(`--${name} takes a number of 0 or more, not ${JSON.stringify(given)}`);
  return number;
}
