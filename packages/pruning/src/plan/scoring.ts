import { fail, quoteName, sameShape, type Tensor } from '@ait-rvv/ir';
import type { Scored } from '../columns/retained.js';
import { scoreColumns, type ScoreKind } from '../columns/score.js';
import { selectColumns } from '../columns/select.js';
import type { Sparsity } from '../columns/sparsity.js';
import { nearNames } from '../graph/globs.js';
import type { Layer } from '../graph/layers.js';
import { allFinite, denseF32 } from '../graph/weights.js';
import { encodeColumnSets } from './column-sets.js';
import type { PruningOptions } from './options.js';

type Score = PruningOptions['score'];

export function scoreName(score: Score): ScoreKind {
  return typeof score === 'object' ? 'external' : (score ?? 'l1');
}

/** What a layer's columns are scored by. Throws AIT4003 for importances that are missing or do not fit. */
export function scoredBy(score: Score, layer: Layer): Scored {
  const { rowAxis, shape, weight } = layer;
  if (typeof score === 'object') return { elements: importanceOf(score, layer), rowAxis, kind: 'external' };
  const data = denseF32(weight);
  if (data === undefined) throw new Error(`the weight of ${JSON.stringify(layer.name)} is no dense f32 constant`);
  return { elements: { dtype: 'f32', shape, data }, rowAxis, kind: scoreName(score) };
}

/** The columns of a layer as the plan writes them, when its weights alone do not tell which those are. */
export function externalColumns(
  score: Score,
  { shape, rowAxis }: Layer,
  { elements, kind }: Scored,
  tileRows: number,
  sparsity: Sparsity,
): string | undefined {
  if (typeof score !== 'object') return undefined;
  const table = scoreColumns(elements.data as Float32Array, { shape, rowAxis, tileRows }, kind);
  return encodeColumnSets({ shape: [...shape], rowAxis, tileRows, ...sparsity }, selectColumns(table, sparsity));
}

function importanceOf(given: ReadonlyMap<string, Tensor>, layer: Layer): Tensor {
  const { name } = layer.weight;
  const tensor = given.get(name);
  const where = `importances of ${quoteName(name)}`;
  if (tensor === undefined) {
    const near = nearNames(name, [...given.keys()]);
    const hint =
      near.length === 0 ? 'The file has no tensor.' : `The file has ${near.map((one) => quoteName(one)).join(', ')}.`;
    fail('AIT4003', `are missing for layer ${quoteName(layer.name)}.`, { where, hint });
  }
  if (tensor.dtype !== 'f32') fail('AIT4003', `are ${tensor.dtype}, not f32.`, { where });
  if (!sameShape(tensor.shape, layer.shape)) {
    fail('AIT4003', `have the shape [${tensor.shape.join(',')}], the weight has [${layer.shape.join(',')}].`, {
      where,
    });
  }
  const data = tensor.data as Float32Array;
  if (!allFinite(data) || data.some((value) => value < 0)) {
    fail('AIT4003', 'must be finite numbers of 0 or more.', { where });
  }
  return tensor;
}
