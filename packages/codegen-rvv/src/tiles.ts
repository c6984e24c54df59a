import { root } from '@ait-rvv/rvv-kernels';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A register tile: `t` rows of accumulators, each a group of `l` vector registers. */
export interface Tile extends Readonly<Record<string, number>> {
  readonly t: number;
  readonly l: number;
}

/** The tiles kernels.json enumerates for the product kernels: within the register rule, of sizes code can bear. */
export const TILES = (
  JSON.parse(readFileSync(join(root, 'kernels.json'), 'utf8')) as {
    readonly tiles: Readonly<Record<'gemm' | 'matmul', readonly Tile[]>>;
  }
).tiles;
