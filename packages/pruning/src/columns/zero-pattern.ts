import type { RowAxis, Tensor } from '@ait-rvv/ir';
import { weightPlaces } from './weight-places.js';

/**
 * Which elements of a weight are there, a bit a column: row `r` owns the words `[r·words, (r+1)·words)`, column `k` is
 * bit `k mod 32` of word `k div 32`. An element is absent when all its bits are zero: −0 counts as a value, lest
 * decoding lose its sign.
 */
export interface ZeroPattern {
  readonly rows: number;
  readonly depth: number;
  readonly words: number;
  readonly bits: Int32Array;
}

/** The pattern, or undefined as soon as a row turns out to be full: then no tile can drop a column. */
export function sparsePattern(weight: Tensor, rowAxis: RowAxis): ZeroPattern | undefined {
  const { rows, depth, rowStride, columns } = weightPlaces(weight.shape, rowAxis);
  const data = weight.data as Float32Array;
  const words = Math.ceil(depth / 32);
  const bits = new Int32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    let present = 0;
    for (let column = 0; column < depth; column++) {
      const value = data[row * rowStride + (columns[column] as number)] as number;
      if (value === 0 && !Object.is(value, -0)) continue;
      const at = row * words + (column >>> 5);
      bits[at] = (bits[at] as number) | (1 << (column & 31));
      present++;
    }
    if (present === depth) return undefined;
  }
  return { rows, depth, words, bits };
}

/** The columns that some row of `[first, end)` has, written over `union`; returns how many. */
export function unionOfRows(pattern: ZeroPattern, first: number, end: number, union: Int32Array): number {
  const { words, bits } = pattern;
  let count = 0;
  for (let word = 0; word < words; word++) {
    let all = 0;
    for (let row = first; row < end; row++) all |= bits[row * words + word] as number;
    union[word] = all;
    count += bitCount(all);
  }
  return count;
}

/** Bits set within the columns `[begin, end)`. */
export function countWithin(union: Int32Array, begin: number, end: number): number {
  let count = 0;
  for (let column = begin; column < end;) {
    const offset = column & 31;
    const taken = Math.min(32 - offset, end - column);
    const mask = taken === 32 ? -1 : ((1 << taken) - 1) << offset;
    count += bitCount((union[column >>> 5] as number) & mask);
    column += taken;
  }
  return count;
}

export function hasColumn(union: Int32Array, column: number): boolean {
  return (((union[column >>> 5] as number) >>> (column & 31)) & 1) === 1;
}

function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
