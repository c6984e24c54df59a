import { root } from '@ait-rvv/rvv-kernels';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitsProduct } from './limits.js';

/** A register tile: `t` rows of accumulators, each a group of `l` vector registers. */
export interface Tile extends Readonly<Record<string, number>> {
  readonly t: number;
  readonly l: number;
}

/** A tile of a channel-major product: `t` rows over `s` strips of positions. */
export interface ProductTile extends Tile {
  readonly s: number;
}

interface Enumeration {
  readonly tiles: {
    readonly gemm: readonly ProductTile[];
    readonly matmul: readonly Tile[];
    readonly winograd: readonly Tile[];
    readonly linear: readonly Tile[];
    readonly linearDot: readonly Tile[];
  };
  /** Column-wise N:M: the mask sets the rows, so every number of them in this range is there, with these strips and LMULs. */
  readonly columnNM: {
    readonly t: readonly [first: number, last: number];
    readonly s: readonly number[];
    readonly l: readonly number[];
  };
}

const { tiles, columnNM } = JSON.parse(readFileSync(join(root, 'kernels.json'), 'utf8')) as Enumeration;

/** The tiles kernels.json enumerates for the product kernels: within the register rule, of sizes code can bear. */
export const TILES = { ...tiles, columnNM: everyTile(columnNM) } as const;

function everyTile({ t: [first, last], s, l }: Enumeration['columnNM']): readonly ProductTile[] {
  const rows = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return rows.flatMap((t) => s.flatMap((strips) => l.map((lmul) => ({ t, s: strips, l: lmul })))).filter(fitsProduct);
}
