import { elementCount, rowMajorStrides, type Shape } from './shape.js';

/**
 * A weight seen as the matrix `W[rows][depth]` that a GEMM multiplies with: rows are output channels.
 *
 * - convolution `[CO, CI/groups, KH, KW]`: rows = CO, columns `k = (kh·KW + kw)·CI/groups + ci`, the order of im2col
 *   from channel-major pictures;
 * - linear layer `[N, K]` (rows on axis 0) or `[K, N]` (rows on axis 1).
 */
export interface WeightView {
  readonly rows: number;
  readonly depth: number;
  /** Index of an element in the row-major tensor. */
  readonly index: (row: number, column: number) => number;
}

/** Which axis of a weight holds its output channels. */
export type RowAxis = 0 | 1;

export function weightView(shape: Shape, rowAxis: RowAxis): WeightView {
  const strides = rowMajorStrides(shape);
  const rowStride = strides[rowAxis] ?? 1;
  const rows = shape[rowAxis] ?? 1;
  const depth = elementCount(shape) / Math.max(1, rows);
  if (shape.length === 2) {
    const columnStride = strides[1 - rowAxis] ?? 1;
    return { rows, depth, index: (row, column) => row * rowStride + column * columnStride };
  }
  if (rowAxis !== 0) throw new Error(`a weight of rank ${shape.length} has its output channels on axis 0`);
  const channels = shape[1] ?? 1;
  const channelStride = strides[1] ?? 1;
  return {
    rows,
    depth,
    index: (row, column) => {
      const channel = column % channels;
      // Spatial axes are innermost in memory, so that a tap number is an offset.
      return row * rowStride + channel * channelStride + (column - channel) / channels;
    },
  };
}
