import {
  weightView,
  type ColumnNMEncoding,
  type RowAxis,
  type Shape,
  type Tensor,
  type WeightEncoding,
} from '@ait-rvv/ir';
import type { PackedWeights } from '@ait-rvv/codegen-core';

/** A constant weight bound to a product kernel: what its template and its arguments need. */
export interface BoundWeights {
  /** C type of the offsets of kept columns; empty for dense weights. */
  readonly offset: '' | 'uint16_t' | 'uint32_t';
  /** Columns a tile multiplies with: all of the depth, or the kept ones. */
  readonly kept: number;
  /** The packed weights; for pruned ones also the offsets of kept columns and the starts of their K blocks. */
  readonly packed: readonly PackedWeights[];
}

export interface WeightLayout {
  readonly name: string;
  readonly groups: number;
  /** Rows of a tile of the kernel; for column-wise N:M weights a divisor of the mask's. */
  readonly t: number;
  /** Columns the kernel takes at a time; offsets count from the first column of a K block. Default: all. */
  readonly kBlock?: number;
  /** Bytes from one row of the operand to the next. */
  readonly pitch: number;
}

/** Whether a kernel's tile of `t` rows can run the weight: the rows of a tile must share their columns. */
export function fitsTile(constant: WeightEncoding, t: number): boolean {
  return constant.kind === 'dense' || constant.tileRows % t === 0;
}

/** Columns a row multiplies with. */
export function keptColumns(constant: WeightEncoding, shape: Shape, rowAxis: RowAxis): number {
  return constant.kind === 'dense' ? weightView(shape, rowAxis).depth : (constant.values.shape[1] ?? 0);
}

/**
 * Weights in the order of the GEMM kernels: group after group, tile after tile of T rows, and in a tile column after
 * column: `[kept][rows of the tile]`, so that one pointer with unit stride feeds the kernel; and for pruned weights the
 * offsets of the kept columns, tile after tile, in 16 bits where all of them fit, and where each K block starts.
 */
export function bindWeights(
  constant: WeightEncoding,
  shape: Shape,
  rowAxis: RowAxis,
  layout: WeightLayout,
): BoundWeights {
  const { name, groups, t } = layout;
  const { rows, depth, index } = weightView(shape, rowAxis);
  if (constant.kind === 'dense') {
    const pack = () => packTiles(constant.tensor, { groups, rows: rows / groups, kept: depth, index }, t);
    return { offset: '', kept: depth, packed: [{ name, bytes: rows * depth * 4, pack }] };
  }
  const kept = constant.values.shape[1] ?? 0;
  const matrix = { groups, rows: rows / groups, kept, index: (row: number, j: number) => row * kept + j };
  const kBlock = Math.min(layout.kBlock ?? depth, depth);
  const narrow = (kBlock - 1) * layout.pitch <= 0xffff;
  const tiles = groups * Math.ceil(rows / groups / t);
  const pruned = { constant, matrix, t, kBlock, blocks: Math.ceil(depth / kBlock), pitch: layout.pitch };
  return {
    offset: narrow ? 'uint16_t' : 'uint32_t',
    kept,
    packed: [
      { name, bytes: rows * kept * 4, pack: () => packTiles(constant.values, matrix, t) },
      {
        name: `${name}.offsets`,
        bytes: tiles * kept * (narrow ? 2 : 4),
        pack: () => bytesOf(narrow ? Uint16Array.from(packOffsets(pruned)) : Uint32Array.from(packOffsets(pruned))),
      },
      {
        name: `${name}.starts`,
        bytes: tiles * (pruned.blocks + 1) * 4,
        pack: () => bytesOf(Uint32Array.from(packStarts(pruned))),
      },
    ],
  };
}

/** Where the elements of each tile stand: `index(row, j)` for row `row`, counted over all groups, and its j-th column. */
interface TileMatrix {
  readonly groups: number;
  /** Rows of each group. */
  readonly rows: number;
  readonly kept: number;
  readonly index: (row: number, j: number) => number;
}

function packTiles(tensor: Tensor, { groups, rows, kept, index }: TileMatrix, t: number): Uint8Array {
  const data = tensor.data as Float32Array;
  const out = new Float32Array(groups * rows * kept);
  let at = 0;
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < rows; first += t) {
      const tile = Math.min(t, rows - first);
      for (let j = 0; j < kept; j++) {
        for (let row = 0; row < tile; row++) out[at++] = data[index(group * rows + first + row, j)] as number;
      }
    }
  }
  return bytesOf(out);
}

interface PrunedTiles {
  readonly constant: ColumnNMEncoding;
  readonly matrix: TileMatrix;
  readonly t: number;
  readonly kBlock: number;
  readonly blocks: number;
  readonly pitch: number;
}

/** The kept columns of every tile of the kernel, ascending. */
function* tileColumns({ constant, matrix, t }: PrunedTiles): Generator<Uint32Array> {
  const { groups, rows, kept } = matrix;
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < rows; first += t) {
      const tile = Math.floor((group * rows + first) / constant.tileRows);
      yield constant.columns.subarray(tile * kept, (tile + 1) * kept);
    }
  }
}

function packOffsets(pruned: PrunedTiles): number[] {
  const offsets: number[] = [];
  for (const columns of tileColumns(pruned)) {
    for (const column of columns) offsets.push((column % pruned.kBlock) * pruned.pitch);
  }
  return offsets;
}

function packStarts(pruned: PrunedTiles): number[] {
  const starts: number[] = [];
  for (const columns of tileColumns(pruned)) {
    let j = 0;
    for (let block = 0; block < pruned.blocks; block++) {
      starts.push(j);
      while (j < columns.length && (columns[j] as number) < (block + 1) * pruned.kBlock) j++;
    }
    starts.push(j);
  }
  return starts;
}

function bytesOf(array: Float32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
