import { flag, list, type LoadedModel, text, UsageError, type OptionDef, type Values } from '@ait-rvv/command';
import { lower, type Backend, type LowerOptions } from '@ait-rvv/codegen-core';
import { optimize, type Graph } from '@ait-rvv/ir';
import { parseRatio, pruneGraph } from '@ait-rvv/pruning';
import { planMaker } from '@ait-rvv/pruning/command';
import { formsOf } from '@ait-rvv/tuning';
import { weightEncoding } from '../weight-encoding.js';

/** Options that say which forms of a model are tuned. */
export const TUNED_GRAPH_OPTIONS = {
  prune: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'tune pruned, too: this share of columns dropped; several times',
  },
  plan: { type: 'string', describe: 'tune pruned, too, as this plan says' },
  pitch: {
    type: 'boolean',
    describe: 'tune, too, with rows of pictures on a zero-padded pitch, where convolutions can keep them so',
  },
  'tile-rows': { type: 'string', describe: 'mask tiles to choose from, with --prune (default 7,8,14)' },
} as const satisfies Record<string, OptionDef>;

/** A model as it is compiled with weights of one encoding. */
export interface TunedGraph {
  readonly lowered: Graph;
  /** As rivals of the backend compile it, where they are tuned. */
  readonly rivals: readonly Graph[];
  /** Of columns dropped, as it was given; undefined for the dense model and for a plan's. */
  readonly ratio?: string;
  /** T of the masks. */
  readonly tileRows?: number;
}

const TILE_ROWS = '7,8,14';

/** The dense model first, then each ratio at each height of mask tiles, and the plan's. */
export function tunedGraphs(loaded: LoadedModel, backend: Backend, values: Values): readonly TunedGraph[] {
  const tiles = tileRowsOf(text(values, 'tile-rows') ?? TILE_ROWS);
  const optimized = optimize(loaded.graph);
  const forms = (options: LowerOptions = {}): Pick<TunedGraph, 'lowered' | 'rivals'> => {
    const lowerFor = (one: Backend): Graph => lower(loaded.graph, one, options);
    if (!flag(values, 'pitch')) return { lowered: lowerFor(backend), rivals: [] };
    const [{ lowered }, ...rivals] = formsOf(backend, lowerFor);
    return { lowered, rivals: rivals.map((rival) => rival.lowered) };
  };
  const pruned = list(values, 'prune').flatMap((ratio) => {
    if (parseRatio(ratio) === undefined) {
      throw new UsageError(
        `--prune takes a share of columns to drop, 0 or more and below 1, not ${JSON.stringify(ratio)}`,
      );
    }
    return tiles.map((tileRows): TunedGraph => {
      const plan = planMaker({ ratio, 'tile-rows': String(tileRows) })(loaded, optimized);
      const encode = { name: 'prune', run: (graph: Graph) => pruneGraph(graph, plan) };
      return { ...forms({ encode }), ratio, tileRows };
    });
  });
  const plan = text(values, 'plan');
  const planned = plan === undefined ? [] : [forms(weightEncoding({ plan }, loaded))];
  return [forms(), ...pruned, ...planned];
}

function tileRowsOf(given: string): readonly number[] {
  const tiles = given.split(',').map((one) => (/^[0-9]{1,2}$/.test(one) ? Number(one) : 0));
  if (tiles.every((rows) => rows >= 1)) return [...new Set(tiles)];
  throw new UsageError(`--tile-rows takes heights of mask tiles, not ${JSON.stringify(given)}`, ['for example 7,14']);
}
