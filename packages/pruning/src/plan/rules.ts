import { keptColumns, type Sparsity } from '../columns/sparsity.js';
import type { Layer } from '../graph/layers.js';
import { allFinite, denseF32 } from '../graph/weights.js';
import type { CostModel } from './cost.js';
import { denseLinearInstructions, prunedLinearInstructions } from './linear-instructions.js';

/** A layer about to be pruned in tiles of `tileRows` rows. */
export interface Candidate {
  readonly layer: Layer;
  readonly tileRows: number;
  /** Why whoever asked wants it dense. */
  readonly asked?: string | undefined;
}

/** A candidate with the columns it would keep. */
export interface SparseCandidate extends Candidate {
  readonly sparsity: Sparsity;
  /** Fewer kept columns than this do not pay. */
  readonly minColumns: number;
  readonly cost: CostModel;
}

/** Why a layer stays dense. */
export interface Rule<C extends Candidate> {
  readonly name: string;
  /** `must`: pruning it is impossible or pointless; `default`: it would be unwise, unless the rule is ignored. */
  readonly kind: 'must' | 'default';
  applies(candidate: C): boolean;
  reason(candidate: C): string;
}

/** Rules about a layer, whatever the ratio. The first that applies gives the reason. */
export const LAYER_RULES: readonly Rule<Candidate>[] = [
  {
    name: 'shared-weight',
    kind: 'must',
    applies: ({ layer }) => layer.conflict !== undefined,
    reason: ({ layer }) => layer.conflict ?? '',
  },
  {
    name: 'encoded',
    kind: 'must',
    applies: ({ layer }) => layer.weight.constant?.kind === 'columnNM',
    reason: () => 'its weight is pruned already',
  },
  {
    name: 'element-type',
    kind: 'must',
    applies: ({ layer }) => layer.weight.type.dtype !== 'f32',
    reason: ({ layer }) => `its weight is ${layer.weight.type.dtype}, only f32 is pruned`,
  },
  {
    name: 'depthwise',
    kind: 'must',
    applies: ({ layer }) => layer.depthwise,
    reason: () => 'depthwise: every row has columns of its own, a tile has none to share',
  },
  {
    name: 'one-column',
    kind: 'must',
    applies: ({ layer }) => layer.depth < 2,
    reason: () => 'it has a single column',
  },
  {
    name: 'group-tiles',
    kind: 'must',
    applies: ({ layer, tileRows }) => layer.groups > 1 && (layer.rows / layer.groups) % tileRows !== 0,
    reason: ({ layer, tileRows }) =>
      `its groups of ${layer.rows / layer.groups} rows cannot be cut into tiles of ${tileRows}`,
  },
  {
    name: 'not-finite',
    kind: 'must',
    applies: ({ layer }) => !allFinite(denseF32(layer.weight) ?? new Float32Array(0)),
    reason: () => 'its weight holds infinities or NaN',
  },
  {
    name: 'asked',
    kind: 'must',
    applies: ({ asked }) => asked !== undefined,
    reason: ({ asked }) => asked ?? '',
  },
  {
    name: 'stem',
    kind: 'default',
    applies: ({ layer }) => layer.stemChannels !== undefined && layer.stemChannels <= STEM_CHANNELS,
    reason: ({ layer }) => `stem: reads the ${layer.stemChannels ?? 0} channels of the model's input`,
  },
];

/** A layer that reads the model's input is a stem when that is a picture: at most so many channels. */
const STEM_CHANNELS = 4;

/** Rules about the columns a layer would keep. */
export const SPARSITY_RULES: readonly Rule<SparseCandidate>[] = [
  {
    name: 'keeps-all',
    kind: 'must',
    applies: ({ layer, sparsity }) => keptColumns(sparsity, layer.depth) >= layer.depth,
    reason: ({ layer }) => `it would keep all its ${layer.depth} columns`,
  },
  {
    name: 'few-columns',
    kind: 'default',
    applies: ({ layer, sparsity, minColumns }) => keptColumns(sparsity, layer.depth) < minColumns,
    reason: ({ layer, sparsity, minColumns }) =>
      `it would keep ${keptColumns(sparsity, layer.depth)} columns, fewer than ${minColumns} do not pay for a tile's start and end`,
  },
  {
    // Each kept column costs a tile its weights and one offset; each column of a dense layer only its weights.
    name: 'no-saving',
    kind: 'default',
    applies: ({ layer, sparsity, tileRows }) => {
      const height = Math.min(tileRows, layer.rows / layer.groups);
      return keptColumns(sparsity, layer.depth) * (height + 1) >= layer.depth * height;
    },
    reason: ({ layer, sparsity, tileRows }) =>
      `keeping ${keptColumns(sparsity, layer.depth)} of ${layer.depth} columns saves less than their offsets cost in tiles of ${tileRows}`,
  },
  {
    // A dense layer reads them as one stream; kept ones are lines by themselves, or are packed first.
    name: 'few-rows',
    kind: 'default',
    applies: ({ layer, sparsity }) => {
      const { direct, rows, groups, depth, positions } = layer;
      const dropped = 1 - keptColumns(sparsity, depth) / depth;
      return direct && depth * positions * 4 > CACHE_BYTES && (rows / groups) * dropped < PAYING_ROWS;
    },
    reason: ({ layer: { rows, groups, depth }, sparsity }) =>
      `1x1 with ${rows / groups} rows: ${depth - keptColumns(sparsity, depth)} of ${depth} columns dropped save them less than it costs to read the others out of order`,
  },
  {
    name: 'short-products',
    kind: 'default',
    applies: (candidate) => {
      if (candidate.layer.op !== 'linear') return false;
      const { pruned, dense } = instructionsOf(candidate);
      return pruned > CLEARLY_FEWER * dense;
    },
    reason: (candidate) => {
      const { pruned, dense } = instructionsOf(candidate);
      const { positions } = candidate.layer;
      const about = (count: number): number => Number(count.toPrecision(2));
      return `fully connected, ${positions} position${positions === 1 ? '' : 's'}: about ${about(pruned)} instructions pruned are not clearly fewer than ${about(dense)} dense`;
    },
  },
  {
    name: 'costs-more',
    kind: 'default',
    applies: ({ layer, sparsity, tileRows, cost }) =>
      cost.layer(layer, sparsity, tileRows) >= cost.layer(layer, undefined, tileRows),
    reason: ({ layer, sparsity, tileRows, cost }) =>
      `pruned it would cost ${Math.round(cost.layer(layer, sparsity, tileRows))} ${cost.unit}, dense ${Math.round(cost.layer(layer, undefined, tileRows))}`,
  },
];

/** Bytes of an input that first-level caches hold; of one that is larger, columns come from further away, once. */
const CACHE_BYTES = 32 * 1024;

/** Rows that must be saved a column's multiply-adds before it pays to look for the others. */
const PAYING_ROWS = 20;

/** What the estimate of a fully connected layer's instructions must promise, as a part of the dense ones. */
const CLEARLY_FEWER = 0.9;

/** About how many instructions a fully connected layer takes, pruned and dense. */
function instructionsOf({ layer, sparsity, tileRows }: SparseCandidate) {
  const pruned = prunedLinearInstructions(layer, keptColumns(sparsity, layer.depth), tileRows);
  return { pruned, dense: denseLinearInstructions(layer) };
}

/** Every rule, in the order they are asked. */
export const RULES: readonly Pick<Rule<SparseCandidate>, 'name' | 'kind'>[] = [...LAYER_RULES, ...SPARSITY_RULES];

/** Names of the rules that may be ignored. */
export const IGNORABLE_RULES: readonly string[] = RULES.filter((rule) => rule.kind === 'default').map(
  (rule) => rule.name,
);

/** The reason of the first rule that keeps the candidate dense; undefined when it may be pruned. */
export function reasonForDense<C extends Candidate>(
  rules: readonly Rule<C>[],
  candidate: C,
  ignored: readonly string[] = [],
): string | undefined {
  const rule = rules.find((one) => !ignored.includes(one.name) && one.applies(candidate));
  return rule?.reason(candidate);
}
