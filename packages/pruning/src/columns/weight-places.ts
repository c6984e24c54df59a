import { weightView, type RowAxis, type Shape } from '@ait-rvv/ir';

/** Where the elements of a weight's matrix view lie in memory: element (r, k) is at `r · rowStride + columns[k]`. */
export interface WeightPlaces {
  readonly rows: number;
  readonly depth: number;
  readonly rowStride: number;
  readonly columns: Int32Array;
}

/** The places of a view, tabulated: loops over millions of elements have no time for its arithmetic. */
export function weightPlaces(shape: Shape, rowAxis: RowAxis): WeightPlaces {
  const { rows, depth, index } = weightView(shape, rowAxis);
  const columns = Int32Array.from({ length: depth }, (_, column) => index(0, column));
  return { rows, depth, rowStride: rows > 1 ? index(1, 0) : 0, columns };
}
