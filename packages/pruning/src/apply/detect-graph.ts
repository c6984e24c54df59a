import { verifyGraph, type ColumnNMEncoding, type Graph, type ValueId } from '@ait-rvv/ir';
import { detectColumns } from '../columns/detect.js';
import { findLayers, type Layer } from '../graph/layers.js';
import { denseF32, withConstants } from '../graph/weights.js';
import { MULTIPLY_ADDS, type CostModel } from '../plan/cost.js';
import { DEFAULT_MIN_COLUMNS } from '../plan/options.js';
import { LAYER_RULES, reasonForDense, SPARSITY_RULES } from '../plan/rules.js';

/** Which layers are worth encoding; see {@link SPARSITY_RULES}. */
export interface DetectOptions {
  readonly ignoreRules?: readonly string[];
  readonly minColumns?: number;
  readonly cost?: CostModel;
}

/**
 * The optimised graph with every weight encoded whose zeros have a column-wise N:M structure that pays: a model that was
 * pruned elsewhere, or retrained under masks. Nothing is dropped but zeros, so rules that keep layers dense for the
 * sake of accuracy do not count.
 */
export function detectGraph(graph: Graph, options: DetectOptions = {}): Graph {
  const found = new Map<ValueId, ColumnNMEncoding>();
  for (const layer of findLayers(graph)) {
    const encoding = detectLayer(layer, options);
    if (encoding !== undefined) found.set(layer.weight.id, encoding);
  }
  if (found.size === 0) return graph;
  const encoded = withConstants(graph, found);
  verifyGraph(encoded);
  return encoded;
}

function detectLayer(layer: Layer, options: DetectOptions): ColumnNMEncoding | undefined {
  const { minColumns = DEFAULT_MIN_COLUMNS, cost = MULTIPLY_ADDS, ignoreRules } = options;
  const data = denseF32(layer.weight);
  const must = LAYER_RULES.filter((rule) => rule.kind === 'must');
  if (data === undefined || reasonForDense(must, { layer, tileRows: 1 }) !== undefined) return undefined;
  const weight = { dtype: 'f32', shape: layer.shape, data: withPositiveZeros(data) } as const;
  const encoding = detectColumns(weight, layer.rowAxis, layer.groups);
  if (encoding === undefined) return undefined;
  const { n, m, tileRows } = encoding;
  const candidate = { layer, tileRows, sparsity: { n, m }, minColumns, cost };
  return reasonForDense(SPARSITY_RULES, candidate, ignoreRules) === undefined ? encoding : undefined;
}

/**
 * Masking by multiplication, and folding a negative scale into a zero, leave −0. No product can tell it from 0, and an
 * encoding has no place for it.
 */
function withPositiveZeros(data: Float32Array): Float32Array {
  if (!data.some((value) => Object.is(value, -0))) return data;
  return data.map((value) => (value === 0 ? 0 : value));
}
