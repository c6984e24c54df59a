import { defineKernel, type Target } from '@ait-rvv/codegen-core';
import { weightStreamCycles } from '../cost.js';
import { linearDotInstructions, workOf } from '../linear-instructions.js';
import { instructionLimit, linearDotTiles } from '../linear-limit.js';
import { bindPrunedLinear, linearFields, matchPrunedLinear, type LinearMatch } from '../pruned-linear.js';
import { kernelSource } from '../sources.js';
import type { Tile } from '../tiles.js';

/** Cycles of a dot product's end: the sum over its lanes, for each register of them, and the way from there to memory. */
const TOTAL = 40;
const TOTAL_REGISTER = 8;

/**
 * Fully connected layers whose weight is pruned by columns, of one or few positions: lanes are the kept inputs, so that
 * low tiles fill the registers as tall ones do, and an instruction has many weights to work on.
 */
export const linearDotKernel = defineKernel<LinearMatch, Tile>({
  id: 'linear_dot',
  match: matchPrunedLinear,
  candidates: (match, target) => {
    const limit = instructionLimit(match, target);
    return linearDotTiles(match).filter((tile) => linearDotInstructions(workOf(match), tile, target) <= limit);
  },
  cost: ({ rows, outputs, weight }, { t, l }, { tuneVlen }: Target) => {
    const kept = weight.values.shape[1] ?? 0;
    const tiles = Math.ceil(outputs / weight.tileRows);
    const chunks = Math.ceil(kept / ((tuneVlen / 32) * l));
    // A load of the inputs and one for every output; the multiply-adds are hidden behind them.
    const dots = (height: number): number =>
      chunks * ((height + 1) * 2.15 * l + 4) + height * (TOTAL + TOTAL_REGISTER * l);
    const height = Math.min(weight.tileRows, outputs);
    const tile = Math.floor(height / t) * dots(t) + (height % t) * dots(1);
    return Math.max(rows * tiles * (1.3 * kept + tile + 20), weightStreamCycles(outputs * kept * 4));
  },
  emit(match, tile) {
    const { weight, epilogue } = match;
    const { t, l } = tile;
    const bound = bindPrunedLinear(match, true);
    const source = kernelSource({
      family: 'linear_dot',
      variant: `${bound.lookup.offset === 'uint16_t' ? 'cnm16' : 'cnm'}_${t}x${l}v`,
      epilogue: epilogue.steps,
      computed: true,
      parameters: { t, l, offset: bound.lookup.offset },
      scratchParameters: 1,
    });
    return {
      kernel: 'linear_dot_cnm',
      parameters: tile,
      calls: [{ symbol: source.symbol, argsType: source.argsType, args: linearFields(match, bound.kept) }],
      sources: [source],
      scratch: [{ symbol: source.symbol, args: [bound.kept + weight.tileRows] }],
      weights: bound.packed,
      inPlace: [],
    };
  },
});
