import { parseRatio } from '../columns/ratio.js';
import { keptOf, sparsityFor, type Sparsity, type SparsityRequest } from '../columns/sparsity.js';
import type { Layer } from '../graph/layers.js';
import { MULTIPLY_ADDS, type CostModel } from './cost.js';
import { DEFAULT_MIN_COLUMNS, meansLayer, requestOf, type PruningOptions } from './options.js';
import { LAYER_RULES, reasonForDense, SPARSITY_RULES } from './rules.js';

/** What happens to a layer: N:M, or dense with the reason. */
export type Decision = PrunedDecision | DenseDecision;

export interface PrunedDecision {
  readonly layer: Layer;
  readonly sparsity: Sparsity;
  /** The ratio that was asked for; undefined where a pattern was. */
  readonly ratio: number | undefined;
}

export interface DenseDecision {
  readonly layer: Layer;
  readonly sparsity?: undefined;
  readonly reason: string;
}

/** Puts the rules to layers, with the options they need at hand. */
export class Judge {
  readonly cost: CostModel;

  constructor(
    readonly tileRows: number,
    readonly options: PruningOptions,
  ) {
    this.cost = options.cost ?? options.budget?.cost ?? MULTIPLY_ADDS;
  }

  /** What is asked of a layer by name, or of all; undefined for nothing. */
  wishFor(layer: Layer): SparsityRequest | undefined {
    const { layers = [], drop, group } = this.options;
    const wish = layers.findLast(({ glob }) => meansLayer(glob, layer)) ?? drop;
    return wish === undefined ? undefined : requestOf(wish, group);
  }

  decide(layer: Layer): Decision {
    const reason = this.reasonForLayer(layer);
    const wish = this.wishFor(layer);
    if (reason !== undefined) return { layer, reason };
    return wish === undefined ? { layer, reason: 'no ratio is asked of it' } : this.decideSparsity(layer, wish);
  }

  /** Why the layer stays dense, whatever the ratio; undefined when it need not. */
  reasonForLayer(layer: Layer): string | undefined {
    const { ignoreRules } = this.options;
    return reasonForDense(LAYER_RULES, { layer, tileRows: this.tileRows, asked: this.#asked(layer) }, ignoreRules);
  }

  /** The decision for a layer that may be pruned. */
  decideSparsity(layer: Layer, wish: SparsityRequest): Decision {
    const { ignoreRules, minColumns = DEFAULT_MIN_COLUMNS } = this.options;
    const sparsity = sparsityFor(wish, layer.depth);
    const candidate = { layer, tileRows: this.tileRows, sparsity, minColumns, cost: this.cost };
    const reason = reasonForDense(SPARSITY_RULES, candidate, ignoreRules);
    return reason === undefined ? { layer, sparsity, ratio: ratioText(wish, sparsity) } : { layer, reason };
  }

  costOf({ layer, sparsity }: Decision): number {
    return this.cost.layer(layer, sparsity, this.tileRows);
  }

  #asked(layer: Layer): string | undefined {
    const { include, exclude = [], keepDense } = this.options;
    const excluding = exclude.find((glob) => meansLayer(glob, layer));
    if (excluding !== undefined) return `excluded by ${excluding}`;
    if (include !== undefined && !include.some((glob) => meansLayer(glob, layer))) return 'not included';
    return layer.nodes.map((node) => keepDense?.get(node.name)).find((reason) => reason !== undefined);
  }
}

/** The ratio as a plan writes it, unless a number has too few digits for it. */
function ratioText(wish: SparsityRequest, { n, m }: Sparsity): number | undefined {
  if (wish.kind === 'pattern') return undefined;
  const value = Number(wish.ratio.numerator) / Number(wish.ratio.denominator);
  const read = parseRatio(value);
  return read !== undefined && keptOf(read, m) === n ? value : undefined;
}
