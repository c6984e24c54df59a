import { list, readInputFile, text, UsageError, whole, flag, type OptionDef, type Values } from '@ait-rvv/command';
import { readSafetensors } from '@ait-rvv/ir/weights';
import { DEFAULT_MIN_COLUMNS, DEFAULT_TILE_ROWS, IGNORABLE_RULES } from '../index.js';
import type { Drop, LayerDrop, PruningOptions } from '../index.js';
import type { Tensor } from '@ait-rvv/ir';

const LARGEST_TILE = 65_536;

const repeatable = { type: 'string', array: true, nargs: 1 } as const;

/** What to prune and how: options that make a plan. */
export const PLANNING_OPTIONS = {
  ratio: { type: 'string', describe: 'drop this share of the columns of every layer: 0 or more, below 1' },
  pattern: { type: 'string', describe: 'keep N of every M columns of every layer: N:M' },
  'target-macs': {
    type: 'string',
    describe: 'find ratios that leave this share of the multiply-adds: above 0, up to 1',
  },
  layer: { ...repeatable, describe: 'what to drop from the layers that match: GLOB=RATIO or GLOB=N:M' },
  group: { type: 'string', describe: 'count ratios within groups of so many columns, not the whole row' },
  'tile-rows': {
    type: 'string',
    describe: `output channels that keep the same columns (default ${DEFAULT_TILE_ROWS})`,
  },
  score: {
    type: 'string',
    describe: 'what columns are worth: l1 (default), l2, or importances in a .safetensors file',
  },
  include: { ...repeatable, describe: 'prune only layers that match' },
  exclude: { ...repeatable, describe: 'leave layers dense that match' },
  'ignore-rule': {
    ...repeatable,
    describe: `prune layers that a rule would leave dense: ${IGNORABLE_RULES.join(', ')}`,
  },
  'min-columns': {
    type: 'string',
    describe: `leave layers dense that would keep fewer columns (default ${DEFAULT_MIN_COLUMNS})`,
  },
  permute: { type: 'boolean', describe: 'reorder output channels so that more of the score is retained' },
} as const satisfies Record<string, OptionDef>;

/** The options of a plan as the library takes them, but for the budget and the score. */
export function planningOptions(values: Values): PruningOptions {
  const ratio = text(values, 'ratio');
  const pattern = text(values, 'pattern');
  const asked = ['ratio', 'pattern', 'target-macs', 'target-latency'].filter(
    (name) => text(values, name) !== undefined,
  );
  if (asked.length > 1) throw new UsageError(`${asked.map((name) => `--${name}`).join(' and ')} exclude each other`);
  if (asked.length === 0 && list(values, 'layer').length === 0) {
    throw new UsageError('prune needs --ratio, --pattern, --target-macs, --layer, --like or --check', [
      'for example --ratio 0.5, or --target-macs 0.4',
    ]);
  }
  const drop =
    ratio === undefined ? (pattern === undefined ? undefined : parsePattern(pattern, '--pattern')) : { ratio };
  const include = list(values, 'include');
  const counts = {
    tileRows: whole(values, 'tile-rows', 1, LARGEST_TILE),
    group: whole(values, 'group', 1, 2 ** 31 - 1),
    minColumns: whole(values, 'min-columns', 0, 2 ** 31 - 1),
  };
  return {
    ...(drop === undefined ? {} : { drop }),
    ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined)),
    ...(include.length === 0 ? {} : { include }),
    layers: list(values, 'layer').map(parseLayerDrop),
    exclude: list(values, 'exclude'),
    ignoreRules: list(values, 'ignore-rule'),
    permute: flag(values, 'permute'),
  };
}

/** What columns are scored by: a kind, or importances by parameter. */
export function scoreOption(values: Values): 'l1' | 'l2' | ReadonlyMap<string, Tensor> {
  const given = text(values, 'score') ?? 'l1';
  if (given === 'l1' || given === 'l2') return given;
  if (!given.endsWith('.safetensors')) {
    throw new UsageError(`--score takes l1, l2 or a .safetensors file, not ${JSON.stringify(given)}`);
  }
  return readSafetensors(readInputFile(given, '.safetensors'), given);
}

/** A share above 0 (or from 0 on) up to 1; undefined when it was not given. */
export function shareOption(values: Values, name: string, least: 'zero' | 'more'): number | undefined {
  const given = text(values, name);
  if (given === undefined) return undefined;
  const number = /^[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?$/.test(given) ? Number(given) : NaN;
  if (number <= 1 && (least === 'zero' ? number >= 0 : number > 0)) return number;
  const range = least === 'zero' ? 'from 0 to 1' : 'above 0, up to 1';
  throw new UsageError(`--${name} takes a share ${range}, not ${JSON.stringify(given)}`);
}

function parseLayerDrop(given: string): LayerDrop {
  const at = given.lastIndexOf('=');
  if (at < 1) {
    throw new UsageError(`--layer takes GLOB=RATIO or GLOB=N:M, not ${JSON.stringify(given)}`, [
      'for example --layer "layer4.*=0.75"',
    ]);
  }
  const [glob, wish] = [given.slice(0, at), given.slice(at + 1)];
  return { glob, ...(wish.includes(':') ? parsePattern(wish, '--layer') : { ratio: wish }) };
}

function parsePattern(given: string, option: string): Drop {
  const match = /^([0-9]{1,9}):([0-9]{1,9})$/.exec(given);
  if (match === null) {
    throw new UsageError(`${option} takes N:M, not ${JSON.stringify(given)}`, [
      'for example 2:4: keep 2 of every 4 columns',
    ]);
  }
  return { pattern: { n: Number(match[1]), m: Number(match[2]) } };
}
