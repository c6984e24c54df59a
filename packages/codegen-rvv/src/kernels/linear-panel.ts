import { defineKernel, type Target } from '@ait-rvv/codegen-core';
import { productTileCycles, weightStreamCycles } from '../cost.js';
import { size, tensor } from '../fields.js';
import { workOf } from '../linear-instructions.js';
import { instructionLimit } from '../linear-limit.js';
import { fewPositions, panelInstructions, panelsOf, panelTiles, refusePanels, type Panel } from '../linear-panels.js';
import { bindWeights, evenRows } from '../packing.js';
import { matchPrunedLinear, type LinearMatch } from '../pruned-linear.js';
import { kernelSource } from '../sources.js';
import { loneLmul } from './product.js';

/** Rows whose results are transposed together, while they are in the first-level cache. */
const TOGETHER = 56;

/** Cycles of an input on its way into a panel, and of a result on its way out. */
const PACK = 1.3;
const FINISH = 1.5;

/**
 * Fully connected layers whose weight is pruned by columns, of many positions: lanes are positions, as in a 1x1
 * convolution. Inputs and results are transposed on the way, which the multiply-adds of all outputs share.
 */
export const linearPanelKernel = defineKernel<LinearMatch, Panel>({
  id: 'linear_panel',
  match(node, context) {
    const match = matchPrunedLinear(node, context);
    if ('reason' in match) return match;
    const reason = refusePanels(match);
    return reason === undefined ? match : { reason };
  },
  candidates: (match, target) => {
    const limit = instructionLimit(match, target);
    return panelsOf(match, target).filter((panel) => panelInstructions(match, panel, target) <= limit);
  },
  cost: (match, panel, { tuneVlen }: Target) => {
    const { positions, outputs, depth, kept } = workOf(match);
    const work = { kept, depth, positions, tile: panel, rows: panelTiles(match, panel.t), blocking: panel };
    const rounds = Math.ceil(positions / (panel.strip * panel.roundStrips));
    const product = Math.max(productTileCycles(work, tuneVlen), rounds * weightStreamCycles(outputs * kept * 4));
    return product + positions * (PACK * depth + FINISH * outputs);
  },
  emit(match, parameters) {
    const { node, weight, weightType, rows, strides, outputs, depth, epilogue } = match;
    const { l, strip, kBlock, roundStrips, rowTiles } = parameters;
    const tiles = panelTiles(match, parameters.t);
    const layout = { name: node.name, groups: 1, tiles, kBlock, views: [evenRows(strip)] };
    const { lookup, packed } = bindWeights(weight, weightType.shape, weight.rowAxis, layout);
    const { t, low } = tiles;
    const lone = loneLmul(t, strip / l);
    const together = Math.max(1, Math.floor(TOGETHER / t));
    const source = kernelSource({
      family: 'linear_panel',
      variant: `${lookup.offset === 'uint16_t' ? 'cnm16' : 'cnm'}_${t}x${l}v${low === 0 ? '' : `_r${low}`}`,
      epilogue: epilogue.steps,
      computed: true,
      parameters: { t, l, low, lone_l: lone, few: fewPositions(lone), lookup, together },
      scratchParameters: 2,
    });
    const at = { block: outputs, channel: outputs, stride: rows * outputs };
    const numbers = {
      ...{ groups: 1, rows: outputs, depth, positions: rows, tiles: tiles.tiles, tall: tiles.tall },
      ...{ strip, round_strips: roundStrips, k_block: kBlock, row_tiles: rowTiles },
    };
    const sizes = (values: Readonly<Record<string, number>>) =>
      Object.entries(values).map(([name, value]) => size(name, value));
    return {
      kernel: 'linear_panel_cnm',
      parameters,
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            tensor('x', node.inputs[0]),
            size('x_row', strides[0]),
            ...['w', 'offsets', 'slices'].map((name, index) => ({ name, arg: { kind: 'packed', index } as const })),
            tensor('y', node.outputs[0]),
            { name: 'y_at', arg: { kind: 'struct', fields: sizes(at) } },
            ...sizes(numbers),
            { name: 'steps', arg: epilogue.data },
          ],
        },
      ],
      sources: [source],
      scratch: [{ symbol: source.symbol, args: [roundStrips * strip * (outputs + kBlock), depth * strip] }],
      weights: packed,
      inPlace: [],
    };
  },
});
