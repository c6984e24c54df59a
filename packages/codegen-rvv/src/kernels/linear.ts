import { defineKernel, type Target } from '@ait-rvv/codegen-core';
import { weightStreamCycles } from '../cost.js';
import { fitsEpilogue, lastingOperands } from '../limits.js';
import { bindPrunedLinear, linearFields, matchPrunedLinear, type LinearMatch } from '../pruned-linear.js';
import { kernelSource } from '../sources.js';
import { TILES, type Tile } from '../tiles.js';

/** Fully connected layers whose weight is pruned by columns: lanes are the outputs that share the kept inputs. */
export const linearKernel = defineKernel<LinearMatch, Tile>({
  id: 'linear',
  match: matchPrunedLinear,
  candidates: ({ rows, epilogue }) =>
    TILES.linear.filter(({ t, l }) => t <= rows && fitsEpilogue(t, l, epilogue.steps, lastingOperands(epilogue.steps))),
  cost: ({ rows, outputs, weight }, { t, l }, { tuneVlen }: Target) => {
    const kept = weight.values.shape[1] ?? 0;
    const strips = Math.ceil(weight.tileRows / ((tuneVlen / 32) * l)) * Math.ceil(outputs / weight.tileRows);
    // Per kept input a load, a scalar and a multiply-add a position: few positions are bound by the load.
    const cycles = strips * kept * (2.15 * l + Math.max(t * l, t + 2));
    return Math.ceil(rows / t) * Math.max(cycles, weightStreamCycles(outputs * kept * 4));
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
    return {
      kernel: 'linear_cnm',
      parameters: tile,
      calls: [{ symbol: source.symbol, argsType: source.argsType, args }],
      sources: [source],
      scratch: [],
      weights: bound.packed,
      inPlace: [],
    };
  },
});
