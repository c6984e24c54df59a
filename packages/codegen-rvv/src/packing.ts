import {
  weightView,
  type ColumnNMEncoding,
  type RowAxis,
  type Shape,
  type Tensor,
  type WeightEncoding,
} from '@ait-rvv/ir';
import { countBefore, type PackedWeights } from '@ait-rvv/codegen-core';
import { rowTiles, type RowTiles } from './row-tiles.js';

/** How a kernel finds the rows of its operand; parameters of the templates (see templates/shared/gemm_tile.njk). */
export interface Lookup {
  /** C type of their offsets; empty where it takes every row, one after the other. */
  readonly offset: '' | 'uint16_t' | 'uint32_t';
  /**
   * What has offsets of its own: every tile and column, every column, or only the columns of a K block, which are the same
   * in all of them; empty without offsets.
   */
  readonly by: '' | 'tile' | 'column' | 'block';
  /** Ways the operand may lie in memory, each with its own list of offsets. */
  readonly views: number;
}

/** A K block of a group: its first column. */
export interface Place {
  readonly group: number;
  readonly first: number;
}

/** Where the rows of an operand lie in memory: bytes of a K block's `row` from its first one. */
export type OperandView = (row: number, place: Place) => number;

/** Rows that lie one after the other, `pitch` elements apart. */
export function evenRows(pitch: number): OperandView {
  return (row) => row * pitch * 4;
}

/** A constant weight bound to a product kernel: what its template and its arguments need. */
export interface BoundWeights {
  /** How the kernel finds operand rows. */
  readonly lookup: Lookup;
  /** Columns a tile multiplies with: all of the depth, or the kept ones. */
  readonly kept: number;
  /** The packed weights; with a lookup also the offsets, and for pruned ones where each tile's slices begin. */
  readonly packed: readonly PackedWeights[];
  /** Offsets of one view. */
  readonly viewOffsets: number;
}

/** The order in which a kernel goes through a weight. */
export interface WeightLayout {
  readonly name: string;
  readonly groups: number;
  /** Tiles of one group's rows; for column-wise N:M weights they lie within the mask's tiles. */
  readonly tiles: RowTiles;
  /** Columns the kernel takes at a time; offsets count from the first column of a K block. */
  readonly kBlock: number;
  /** How the rows of the operand may lie. Those of dense weights are looked up only where there are several ways. */
  readonly views: readonly OperandView[];
  /** Whether rows are counted from the first of the depth, and not from the first of their K block: all are looked up then. */
  readonly absolute?: boolean;
  /** Whether the columns of a row are neighbours, and not the rows of a tile. */
  readonly rowByRow?: boolean;
}

/** Rows that share their kept columns; 0 where all columns are kept. */
export function maskRows(constant: WeightEncoding): number {
  return constant.kind === 'dense' ? 0 : constant.tileRows;
}

/** Whether a kernel's tile of `t` rows can run the weight: the rows of a tile must share their columns. */
export function fitsTile(constant: WeightEncoding, t: number): boolean {
  return maskRows(constant) % t === 0;
}

/** Columns a row multiplies with. */
export function keptColumns(constant: WeightEncoding, shape: Shape, rowAxis: RowAxis): number {
  return constant.kind === 'dense' ? weightView(shape, rowAxis).depth : (constant.values.shape[1] ?? 0);
}

/**
 * Weights in the order of the GEMM kernels: group after group, K block after K block, tile after tile, and in a tile
 * column after column, `[kept][rows of the tile]`, so that one pointer with unit stride feeds the kernel; and for pruned
 * weights the offsets of the kept columns in the same order, view after view, in 16 bits where all of them fit, and the
 * slices: where in both each tile of each K block begins. Dense weights of several views have the offsets of a whole K
 * block, view after view; those that count from the first row of the depth one for each column.
 */
export function bindWeights(
  constant: WeightEncoding,
  shape: Shape,
  rowAxis: RowAxis,
  layout: WeightLayout,
): BoundWeights {
  const { name, kBlock, views, absolute = false } = layout;
  const { rows, depth, index } = weightView(shape, rowAxis);
  const dense = constant.kind === 'dense';
  const kept = dense ? depth : (constant.values.shape[1] ?? 0);
  const matrix: TiledMatrix = {
    ...{ ...layout, rows, depth },
    tensor: dense ? constant.tensor : constant.values,
    index: dense ? index : (row, j) => row * kept + j,
    slices: dense ? denseSlices(depth, kBlock) : prunedSlices(constant, kBlock, absolute),
  };
  const weights = { name, bytes: rows * kept * 4, pack: () => packTiles(matrix) };
  if (dense && views.length === 1 && !absolute) {
    return { lookup: { offset: '', by: '', views: 1 }, kept, packed: [weights], viewOffsets: 0 };
  }
  const lookedUp = Array.from({ length: absolute ? depth : kBlock }, (_, row) => row);
  const isNarrow = (place: Place): boolean =>
    views.every((view) => lookedUp.every((row) => view(row, place) <= 0xffff));
  const narrow = Array.from(placesOf(layout, depth)).every(isNarrow);
  const viewOffsets = dense ? lookedUp.length : layout.groups * layout.tiles.tiles * kept;
  const offsets: PackedWeights = {
    name: `${name}.offsets`,
    bytes: (views.length * viewOffsets + LOOK_AHEAD) * (narrow ? 2 : 4),
    pack: () => {
      const all = packOffsets(views, dense ? lookedUp.map((row) => ({ row, place: FIRST })) : keptRows(matrix));
      return bytesOf(narrow ? Uint16Array.from(all) : Uint32Array.from(all));
    },
  };
  const slices: PackedWeights = {
    name: `${name}.slices`,
    bytes: (layout.groups * layout.tiles.tiles * Math.ceil(depth / kBlock) + 1) * 8,
    pack: () => bytesOf(Uint32Array.from(packSlices(matrix))),
  };
  return {
    lookup: {
      offset: narrow ? 'uint16_t' : 'uint32_t',
      by: dense ? (absolute ? 'column' : 'block') : 'tile',
      views: views.length,
    },
    kept,
    packed: [weights, offsets, ...(dense ? [] : [slices])],
    viewOffsets,
  };
}

/** Dense weights look their rows up alike in all K blocks. */
const FIRST: Place = { group: 0, first: 0 };

/** The K blocks of all groups, in the order of kernels. */
export function* placesOf(
  { groups, kBlock }: Pick<WeightLayout, 'groups' | 'kBlock'>,
  depth: number,
): Generator<Place> {
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < depth; first += kBlock) yield { group, first };
  }
}

/** Offsets that kernels read beyond a tile's last one, to have them early, and that nothing is multiplied with. */
const LOOK_AHEAD = 1;

/** Columns of one tile in one K block: the `from`-th to `to`-th of those the tensor stores, and the operand rows of them. */
interface Slice {
  readonly from: number;
  readonly to: number;
  /** The operand's row of the j-th stored column, counted as the layout says. */
  readonly operandRow: (j: number) => number;
}

interface TiledMatrix extends WeightLayout {
  /** Rows of all groups. */
  readonly rows: number;
  readonly depth: number;
  readonly tensor: Tensor;
  /** Where row `row`, counted over all groups, has its j-th stored column. */
  readonly index: (row: number, j: number) => number;
  readonly slices: (row: number, block: number) => Slice;
}

function denseSlices(depth: number, kBlock: number): TiledMatrix['slices'] {
  return (_row, block) => {
    const from = block * kBlock;
    return { from, to: Math.min(depth, from + kBlock), operandRow: (j) => j - from };
  };
}

/** Kept columns ascend, so those of a K block are neighbours. */
function prunedSlices(
  { tileRows, columns, values }: ColumnNMEncoding,
  kBlock: number,
  absolute: boolean,
): TiledMatrix['slices'] {
  const kept = values.shape[1] ?? 0;
  return (row, block) => {
    const own = columns.subarray(Math.floor(row / tileRows) * kept, (Math.floor(row / tileRows) + 1) * kept);
    const first = block * kBlock;
    const below = (limit: number): number => countBefore(own.length, (j) => (own[j] as number) < limit);
    return {
      from: below(first),
      to: below(first + kBlock),
      operandRow: (j) => (own[j] as number) - (absolute ? 0 : first),
    };
  };
}

/** Every slice in the order of the kernel, with the first of its rows, counted over all groups. */
function* slicesOf(
  matrix: TiledMatrix,
): Generator<{ readonly slice: Slice; readonly place: Place; readonly first: number; readonly rows: number }> {
  const { groups, rows, depth, kBlock, tiles, slices } = matrix;
  for (const place of placesOf(matrix, depth)) {
    for (const tile of rowTiles(tiles)) {
      const first = (place.group * rows) / groups + tile.first;
      yield { slice: slices(first, place.first / kBlock), place, first, rows: tile.rows };
    }
  }
}

function packTiles(matrix: TiledMatrix): Uint8Array {
  const data = matrix.tensor.data as Float32Array;
  const out = new Float32Array(data.length);
  let at = 0;
  for (const { slice, first, rows } of slicesOf(matrix)) {
    const columns = slice.to - slice.from;
    const [across, along] = matrix.rowByRow === true ? [columns, 1] : [1, rows];
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < columns; j++) {
        out[at + row * across + j * along] = data[matrix.index(first + row, slice.from + j)] as number;
      }
    }
    at += rows * columns;
  }
  return bytesOf(out);
}

/** A row of the operand, counted as the layout says, and the K block it is multiplied in. */
interface OperandRow {
  readonly row: number;
  readonly place: Place;
}

/** Operand rows of all slices. */
function keptRows(matrix: TiledMatrix): OperandRow[] {
  const rows: OperandRow[] = [];
  for (const { slice, place } of slicesOf(matrix)) {
    for (let j = slice.from; j < slice.to; j++) rows.push({ row: slice.operandRow(j), place });
  }
  return rows;
}

function packOffsets(views: readonly OperandView[], rows: readonly OperandRow[]): number[] {
  return [
    ...views.flatMap((view) => rows.map(({ row, place }) => view(row, place))),
    ...new Array<number>(LOOK_AHEAD).fill(0),
  ];
}

function packSlices(matrix: TiledMatrix): number[] {
  const starts: number[] = [];
  let [columns, weights] = [0, 0];
  for (const { slice, rows } of slicesOf(matrix)) {
    starts.push(columns, weights);
    columns += slice.to - slice.from;
    weights += (slice.to - slice.from) * rows;
  }
  return [...starts, columns, weights];
}

function bytesOf(array: Float32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
