import { elementCount, type Shape } from './shape.js';
import type { Tensor, TensorType } from './tensor.js';
import { weightView, type RowAxis } from './weight-view.js';

/** Every element stored. */
export interface DenseEncoding {
  readonly kind: 'dense';
  readonly tensor: Tensor;
}

/**
 * Column-wise N:M: tiles of `tileRows` output channels share the kept columns. The weight is viewed as `W[rows][K]`
 * (see {@link weightView}); tile `t` owns rows `t·T … min(rows, (t+1)·T) − 1`, and every tile keeps as many columns.
 *
 * - `values`: row-major `[rows][kept]`, the kept elements of each row in ascending column order;
 * - `columns`: row-major `[ceil(rows/T)][kept]`, ascending column numbers in `[0, K)`;
 * - `n`, `m`: kept columns of each group of `m`; `m = K` means one group.
 */
export interface ColumnNMEncoding {
  readonly kind: 'columnNM';
  readonly n: number;
  readonly m: number;
  readonly tileRows: number;
  readonly rowAxis: RowAxis;
  readonly values: Tensor;
  readonly columns: Uint32Array;
}

export type WeightEncoding = DenseEncoding | ColumnNMEncoding;

/** The dense tensor a constant stands for; pruned elements are zero. */
export function decodeWeight(constant: WeightEncoding, { dtype, shape }: Pick<TensorType, 'dtype' | 'shape'>): Tensor {
  if (constant.kind === 'dense') return constant.tensor;
  if (dtype !== 'f32') throw new Error(`columnNM weights are f32, not ${dtype}`);
  return { dtype, shape, data: decodeColumns(constant, shape) };
}

function decodeColumns({ tileRows, rowAxis, values, columns }: ColumnNMEncoding, shape: Shape): Float32Array {
  const { rows, index } = weightView(shape, rowAxis);
  const kept = values.shape[1] ?? 0;
  const out = new Float32Array(elementCount(shape));
  const source = values.data as Float32Array;
  for (let row = 0; row < rows; row++) {
    const tile = Math.floor(row / tileRows) * kept;
    for (let j = 0; j < kept; j++) out[index(row, columns[tile + j] as number)] = source[row * kept + j] as number;
  }
  return out;
}
