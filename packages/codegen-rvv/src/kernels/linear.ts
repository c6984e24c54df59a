import { defineKernel, oneCall, type Target } from '@ait-rvv/codegen-core';
import { weightStreamCycles } from '../cost.js';
import { linearInstructions, workOf } from '../linear-instructions.js';
import { instructionLimit, linearTiles } from '../linear-limit.js';
import { bindPrunedLinear, linearFields, matchPrunedLinear, type LinearMatch } from '../pruned-linear.js';
import { kernelSource } from '../sources.js';
import type { Tile } from '../tiles.js';

/** Cycles until a kept input is there, which nothing hides, and of a line of inputs that lies in the second-level cache. */
const LOOK_UP = 7;
const LONE_LINE = 20;

/** The first-level cache. */
const CACHE_BYTES = 32 * 1024;

/** Fully connected layers whose weight is pruned by columns: lanes are the outputs that share the kept inputs. */
export const linearKernel = defineKernel<LinearMatch, Tile>({
  id: 'linear',
  match: matchPrunedLinear,
  candidates: (match, target) => {
    const limit = instructionLimit(match, target);
    return linearTiles(match).filter((tile) => linearInstructions(workOf(match), tile, target) <= limit);
  },
  cost: (match, { t, l }, { tuneVlen }: Target) => {
    const { positions, outputs, depth, kept, tileRows } = workOf(match);
    const strips = Math.ceil(tileRows / ((tuneVlen / 32) * l)) * Math.ceil(outputs / tileRows);
    // Rows of t positions leave the first-level cache before their next input is asked for.
    const lost = positions > 1 ? Math.min(1, (t * depth * 4) / CACHE_BYTES) : 0;
    const step = 2.15 * l + Math.max(t * l, (3 * t + 6) / 2) + LOOK_UP + t * lost * LONE_LINE;
    return Math.ceil(positions / t) * Math.max(strips * kept * step, weightStreamCycles(outputs * kept * 4));
  },
  emit(match, tile) {
    const { t, l } = tile;
    const bound = bindPrunedLinear(match);
    const source = kernelSource({
      family: 'linear',
      variant: `${bound.lookup.offset === 'uint16_t' ? 'cnm16' : 'cnm'}_${t}x${l}v`,
      epilogue: match.epilogue.steps,
      computed: true,
      parameters: { t, l, offset: bound.lookup.offset },
    });
    const args = linearFields(match, bound.kept);
    return oneCall('linear_cnm', source, args, { parameters: tile, weights: bound.packed });
  },
});
