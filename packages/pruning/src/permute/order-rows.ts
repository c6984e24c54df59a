import type { Order } from './order.js';
import { rowFeatures, rowProducts, type ScoredRows } from './row-features.js';
import { swapRows } from './swap-rows.js';

/** Rows are put in order among at most this many neighbours: products of all pairs take memory with their square. */
const MOST_ROWS = 2048;
const SWEEPS = 10;

/**
 * An order of the rows in which those of a tile like the same columns, all layers taken together. Deterministic; within
 * a tile rows keep their order.
 */
export function orderRows(layers: readonly ScoredRows[], rows: number, tileRows: number): Order {
  const order = new Uint32Array(rows);
  const chunk = Math.max(tileRows, MOST_ROWS - (MOST_ROWS % tileRows));
  for (let first = 0; first < rows; first += chunk) {
    const count = Math.min(chunk, rows - first);
    if (count <= tileRows) {
      for (let row = first; row < first + count; row++) order[row] = row;
      continue;
    }
    const products = rowProducts(rowFeatures(layers, first, count));
    const tileOf = Int32Array.from({ length: count }, (_, row) => Math.floor(row / tileRows));
    swapRows(products, tileOf, Math.ceil(count / tileRows), SWEEPS);
    const sorted = Array.from(tileOf, (tile, row) => ({ tile, row })).sort((a, b) => a.tile - b.tile || a.row - b.row);
    sorted.forEach(({ row }, place) => void (order[first + place] = first + row));
  }
  return order;
}
