/** A weight matrix by rows: `at(row, column)` reads one element. */
export interface WeightMatrix {
  readonly groups: number;
  /** Rows of each group. */
  readonly rows: number;
  readonly depth: number;
  /** Element of the source array that holds row `row` (counted over all groups), column `column`. */
  readonly index: (row: number, column: number) => number;
}

/**
 * Weights in the order of the GEMM kernels: group after group, tile after tile of T rows, and in a tile column after
 * column: `[depth][rows of the tile]`. One pointer with unit stride feeds the kernel.
 */
export function packTiles(data: Float32Array, matrix: WeightMatrix, t: number): Uint8Array {
  const { groups, rows, depth, index } = matrix;
  const out = new Float32Array(groups * rows * depth);
  let at = 0;
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < rows; first += t) {
      const tile = Math.min(t, rows - first);
      for (let column = 0; column < depth; column++) {
        for (let row = 0; row < tile; row++) out[at++] = data[index(group * rows + first + row, column)] as number;
      }
    }
  }
  return new Uint8Array(out.buffer);
}
