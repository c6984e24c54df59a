import type { Target } from '@ait-rvv/codegen-core';
import { matmulCycles } from './cost.js';
import { fitsEpilogue, lastingOperands } from './limits.js';
import { linearDotInstructions, linearInstructions, matmulInstructions, workOf } from './linear-instructions.js';
import { panelInstructions, panelsOf } from './linear-panels.js';
import type { LinearMatch } from './pruned-linear.js';
import { TILES, type Tile } from './tiles.js';

/** How many of the dense instructions an estimate may come to, so that no more are executed. */
const SURELY = 0.95;

/** Legal tiles of kernel linear. */
export function linearTiles({ rows, epilogue: { steps } }: LinearMatch): readonly Tile[] {
  return TILES.linear.filter(({ t, l }) => t <= rows && fitsEpilogue(t, l, steps, lastingOperands(steps)));
}

/** Legal tiles of kernel linear_dot. */
export function linearDotTiles({ weight }: LinearMatch): readonly Tile[] {
  return TILES.linearDot.filter(({ t }) => t <= weight.tileRows);
}

/**
 * Most instructions that a way to compute a pruned layer may take: those of the dense layer as kernel matmul is chosen
 * for it, or, where every way needs more, those of the one with the fewest.
 */
export function instructionLimit(match: LinearMatch, target: Target): number {
  const work = workOf(match);
  const cycles = (tile: Tile): number =>
    matmulCycles({ m: work.positions, k: work.depth, n: work.outputs }, tile, target.tuneVlen, true);
  const dense = TILES.matmul
    .filter(({ t }) => t <= work.positions)
    .reduce((best, tile) => (cycles(tile) < cycles(best) ? tile : best));
  const pruned = [
    ...linearTiles(match).map((tile) => linearInstructions(work, tile, target)),
    ...linearDotTiles(match).map((tile) => linearDotInstructions(work, tile, target)),
    ...panelsOf(match, target).map((panel) => panelInstructions(match, panel, target)),
  ];
  return Math.max(SURELY * matmulInstructions(work, dense), Math.min(...pruned));
}
