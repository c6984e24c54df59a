import type { Tensor } from './tensor.js';

/** Every element stored. */
export interface DenseEncoding {
  readonly kind: 'dense';
  readonly tensor: Tensor;
}

/**
 * Column-wise N:M (method: tiles of `tileRows` output channels share the kept columns). The weight is viewed as
 * `W[rows][K]`; tile `t` owns rows `t·T … min(rows, (t+1)·T) − 1`.
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
  readonly values: Tensor;
  readonly columns: Uint32Array;
}

export type WeightEncoding = DenseEncoding | ColumnNMEncoding;
