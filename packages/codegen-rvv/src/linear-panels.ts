import type { Target } from '@ait-rvv/codegen-core';
import { blockProduct, type Blocking } from './blocking.js';
import { loneLmul } from './kernels/product.js';
import { linearPanelInstructions, workOf } from './linear-instructions.js';
import { fitsTile } from './packing.js';
import type { LinearMatch } from './pruned-linear.js';
import { cutRows, type RowTiles } from './row-tiles.js';
import { TILES, type ProductTile } from './tiles.js';

/** A register tile of kernel linear_panel, and how it goes through the operands. */
export type Panel = ProductTile & Blocking;

/** Most positions that are taken one by one, lanes being the outputs of a tile; up to 4 always can (gemm_tile.njk). */
const LONE = 4;
const MOST_FEW = 8;

/** Bytes of a round's results and panels, beside the weights in a second-level cache of 512 KiB. */
const ROUND_BYTES = 256 * 1024;

/** Every legal panel of a layer; none where there is nothing to transpose. */
export function panelsOf(match: LinearMatch, target: Target): readonly Panel[] {
  if (typeof refusePanels(match) === 'string') return [];
  return TILES.columnNM
    .filter(({ t, s }) => s === 1 && t <= match.outputs && fitsTile(match.weight, t))
    .map((tile) => ({ ...tile, ...blockPanel(match, tile, target) }));
}

/** Why a layer cannot go through panels; undefined when it can. */
export function refusePanels({ strides, rows }: LinearMatch): string | undefined {
  if (strides[1] !== 1) return 'the inputs of a position are not contiguous';
  return rows > 1 ? undefined : 'one position leaves nothing to transpose';
}

/** About how many instructions a layer takes by such a panel. */
export function panelInstructions(match: LinearMatch, panel: Panel, target: Target): number {
  const { t, tiles } = panelTiles(match, panel.t);
  const few = fewPositions(loneLmul(t, panel.strip / panel.l));
  return linearPanelInstructions(workOf(match), { tiles, strip: panel.strip, kBlock: panel.kBlock, few }, target);
}

/** Tiles of the outputs: within those of the mask, whose rows share their columns. */
export function panelTiles({ outputs, weight }: LinearMatch, t: number): RowTiles {
  return cutRows(outputs, t, weight.tileRows);
}

/** Most positions whose sums fit into the registers beside the weights of a tile, in groups of `lmul`. */
export function fewPositions(lmul: number): number {
  return Math.max(LONE, Math.min(MOST_FEW, 32 / lmul - 1));
}

/** The blocking of a product, with rounds as long as their results stay in cache: weights are read once a round. */
function blockPanel(match: LinearMatch, tile: ProductTile, target: Target): Blocking {
  const { positions, outputs, tileRows, depth, kept } = workOf(match);
  const product = { groups: 1, rows: outputs, depth, kept, maskRows: tileRows, positions };
  const { strip, kBlock, ...rest } = blockProduct(product, tile, panelTiles(match, tile.t), target);
  const strips = Math.ceil(positions / strip);
  const most = Math.max(1, Math.floor(ROUND_BYTES / (4 * strip * (outputs + kBlock))));
  return { ...rest, strip, kBlock, roundStrips: Math.ceil(strips / Math.ceil(strips / most)) };
}
