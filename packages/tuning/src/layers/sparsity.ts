import { zeros } from '@ait-rvv/ir';
import { groupsOf, type Layer as WeightLayer } from '@ait-rvv/pruning';
import { sparsityName, type Layer } from './layer.js';

/** Column-wise N:M in mask tiles of T rows. */
export interface MaskSparsity {
  readonly n: number;
  readonly m: number;
  readonly tileRows: number;
}

/** What `N:M/T` says; undefined for `dense`. */
export function parseSparsity(text: string): MaskSparsity | undefined {
  const [, n, m, tileRows] = /^([0-9]{1,9}):([0-9]{1,9})\/([0-9]{1,9})$/.exec(text) ?? [];
  return tileRows === undefined ? undefined : { n: Number(n), m: Number(m), tileRows: Number(tileRows) };
}

/**
 * A dense layer as it is with its weight pruned, to see what kernels offer for it; which columns are kept, and what is in
 * them, says nothing about that. Undefined where the weight cannot be pruned so.
 */
export function prunedLayer(
  { graph, node, text }: Layer,
  { weight, rows, depth, rowAxis }: WeightLayer,
  sparsity: MaskSparsity,
): Layer | undefined {
  const { n, m, tileRows } = sparsity;
  if (n < 1 || n > m || m > depth || tileRows < 1) return undefined;
  const own = groupsOf(sparsity, depth).flatMap(({ begin, kept }) => Array.from({ length: kept }, (_, i) => begin + i));
  const tiles = Math.ceil(rows / tileRows);
  const columns = Uint32Array.from({ length: tiles * own.length }, (_, i) => own[i % own.length] ?? 0);
  const constant = {
    ...{ kind: 'columnNM' as const, n, m, tileRows, rowAxis },
    ...{ values: zeros('f32', [rows, own.length]), columns },
  };
  const values = graph.values.map((value) => (value.id === weight.id ? { ...value, constant } : value));
  return { graph: { ...graph, values }, node, text, sparsity: sparsityName(sparsity) };
}
