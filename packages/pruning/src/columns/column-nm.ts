import type { ColumnNMEncoding, RowAxis, Tensor } from '@ait-rvv/ir';
import { keptColumns, type Sparsity } from './sparsity.js';
import { weightPlaces } from './weight-places.js';

/** What is kept of a weight, and how it is cut into tiles. */
export interface KeptColumns extends Sparsity {
  readonly tileRows: number;
  readonly rowAxis: RowAxis;
  /** `[tiles][kept]`, ascending within a tile. */
  readonly columns: Uint32Array;
}

/** A dense f32 weight in the column-wise N:M form that keeps these columns; all others are dropped. */
export function encodeColumns(weight: Tensor, kept: KeptColumns): ColumnNMEncoding {
  if (weight.dtype !== 'f32') throw new Error(`columnNM weights are f32, not ${weight.dtype}`);
  const { n, m, tileRows, rowAxis, columns } = kept;
  const { rows, depth, rowStride, columns: places } = weightPlaces(weight.shape, rowAxis);
  const count = keptColumns(kept, depth);
  if (columns.length !== Math.ceil(rows / tileRows) * count) {
    throw new Error(`${columns.length} columns are no ${n}:${m} of ${rows}x${depth} in tiles of ${tileRows}`);
  }
  const source = weight.data as Float32Array;
  const data = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const tile = Math.floor(row / tileRows) * count;
    for (let j = 0; j < count; j++) {
      const column = columns[tile + j] as number;
      data[row * count + j] = source[row * rowStride + (places[column] as number)] as number;
    }
  }
  return {
    kind: 'columnNM',
    n,
    m,
    tileRows,
    rowAxis,
    values: { dtype: 'f32', shape: [rows, count], data },
    columns,
  };
}

/** Whether tiles of `tileRows` see the same columns in all their rows: true for every divisor of the encoding's own. */
export function fitsTile(encoding: ColumnNMEncoding, tileRows: number): boolean {
  if (!Number.isInteger(tileRows) || tileRows < 1) return false;
  const rows = encoding.values.shape[0] ?? 0;
  if (encoding.tileRows % tileRows === 0) return true;
  for (let first = 0; first < rows; first += tileRows) {
    const from = Math.floor(first / encoding.tileRows);
    const to = Math.floor((Math.min(rows, first + tileRows) - 1) / encoding.tileRows);
    for (let tile = from + 1; tile <= to; tile++) if (!sameColumns(encoding, from, tile)) return false;
  }
  return true;
}

/**
 * The same weight in tiles of another height, the columns of each tile repeated as needed. Any divisor of the
 * encoding's own height will do, others where {@link fitsTile} says so.
 */
export function retile(encoding: ColumnNMEncoding, tileRows: number): ColumnNMEncoding {
  if (tileRows === encoding.tileRows) return encoding;
  if (!fitsTile(encoding, tileRows)) {
    throw new Error(`a mask for tiles of ${encoding.tileRows} rows does not hold for tiles of ${tileRows}`);
  }
  const [rows = 0, kept = 0] = encoding.values.shape;
  const tiles = Math.ceil(rows / tileRows);
  const columns = new Uint32Array(tiles * kept);
  for (let tile = 0; tile < tiles; tile++) {
    const from = Math.floor((tile * tileRows) / encoding.tileRows) * kept;
    columns.set(encoding.columns.subarray(from, from + kept), tile * kept);
  }
  return { ...encoding, tileRows, columns };
}

function sameColumns({ values, columns }: ColumnNMEncoding, a: number, b: number): boolean {
  const kept = values.shape[1] ?? 0;
  for (let j = 0; j < kept; j++) if (columns[a * kept + j] !== columns[b * kept + j]) return false;
  return true;
}
