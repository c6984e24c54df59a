import type { Shape, TensorData } from '@ait-rvv/ir';
import { rowTiles, type RowTiles } from './row-tiles.js';

/** Outputs of a tile along one axis; it reads two more inputs. */
export type Minimal = 2 | 4;

type Three = readonly [number, number, number];

/**
 * G of F(m, 3): how three weights become m + 2 factors, for the interpolation points of
 * templates/winograd/transforms.njk, which has the other two matrices.
 */
const G: Readonly<Record<Minimal, readonly Three[]>> = {
  2: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  4: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
};

/** Tiles of height `down` and width `across`. */
export interface WinogradTile {
  readonly down: Minimal;
  readonly across: Minimal;
}

/** Places of a transformed tile, and with them products. */
export function placesOf({ down, across }: WinogradTile): number {
  return (down + 2) * (across + 2);
}

/**
 * U = G w Gᵀ of every 3x3 kernel of a `[rows][channels][3][3]` weight, computed in double precision and rounded once, in
 * the order of the kernel: place after place, those of a column one after the other; row tile after row tile; and in
 * one `[channels][rows of the tile]`.
 */
export function packWinograd(
  weight: TensorData,
  [, channels = 1]: Shape,
  tiles: RowTiles,
  tile: WinogradTile,
): Uint8Array {
  const size = placesOf(tile);
  const out = new Float32Array((weight.length / 9) * size);
  const apart = out.length / size;
  let at = 0;
  for (const { first, rows } of rowTiles(tiles)) {
    for (let channel = 0; channel < channels; channel++) {
      for (let row = first; row < first + rows; row++, at++) {
        transform(weight, (row * channels + channel) * 9, tile, (place, value) => (out[place * apart + at] = value));
      }
    }
  }
  return new Uint8Array(out.buffer);
}

function transform(
  weight: TensorData,
  from: number,
  { down, across }: WinogradTile,
  store: (place: number, value: number) => void,
): void {
  const at = (index: number): number => Number(weight[from + index]);
  const row = (index: number): Three => [at(3 * index), at(3 * index + 1), at(3 * index + 2)];
  const [top, middle, bottom] = [row(0), row(1), row(2)];
  G[across].forEach((right, j) => {
    const column: Three = [dot(right, top), dot(right, middle), dot(right, bottom)];
    G[down].forEach((left, i) => store(j * (down + 2) + i, dot(left, column)));
  });
}

function dot(a: Three, b: Three): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
