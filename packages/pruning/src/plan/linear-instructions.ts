import type { Layer } from '../graph/layers.js';

/*
 * About how many instructions a fully connected layer takes with vectors of 256 bits, from how it is computed and not
 * from any one kernel: with few positions it is bound by what surrounds its multiply-adds, which pruning does not save.
 * Constants are those of compiled loops, so that the two ways compare.
 */

/** Registers of a full group, and positions whose sums a dense layer keeps in registers at a time. */
const WIDE_LANES = 64;
const LANES = 32;
const DENSE_ROWS = 7;

/** Inputs of a panel that stays in the first-level cache, most outputs that share it, and positions of a short vector. */
const PANEL_INPUTS = 128;
const PANEL_ROWS = 15;
const FEW_POSITIONS = 8;

type LinearShape = Pick<Layer, 'rows' | 'depth' | 'positions'>;

/** Dense: lanes are outputs; for each input one load of weights, and an address, a load and a multiply-add a position. */
export function denseLinearInstructions({ rows, depth, positions }: LinearShape): number {
  // Few positions leave registers for longer vectors.
  const [most, lanes] = positions < 3 ? [1, WIDE_LANES] : positions === 3 ? [3, WIDE_LANES] : [DENSE_ROWS, LANES];
  const tile = (height: number): number => (height === 0 ? 0 : 67 + 16 * height + depth * (3 * height + 4));
  return Math.ceil(rows / lanes) * (Math.floor(positions / most) * tile(most) + tile(positions % most));
}

/** Pruned: the outputs of each mask tile read inputs of their own, which are looked up or gathered first. */
export function prunedLinearInstructions(shape: LinearShape, kept: number, tileRows: number): number {
  const height = Math.min(tileRows, shape.rows);
  return shape.positions === 1 ? onePosition(shape, kept, height) : manyPositions(shape, kept, height);
}

/** One position: kept inputs are gathered, then every output is a dot product; or outputs are lanes, inputs scalars. */
function onePosition({ rows }: LinearShape, kept: number, height: number): number {
  const chunks = Math.ceil(kept / WIDE_LANES);
  const pair = 32 + 13 * chunks;
  const single = 20 + 9.5 * chunks;
  const dots = 57 + 12 * chunks + Math.floor(height / 2) * pair + (height % 2) * single;
  const lanes = Math.ceil(height / WIDE_LANES) * (72 + 9 * kept);
  return Math.ceil(rows / height) * Math.min(dots, lanes);
}

/**
 * Many positions are lanes of vectors of two registers or four, their inputs are transposed into panels; of few, the
 * outputs of a tile are lanes, and inputs come from panels or are looked up.
 */
function manyPositions({ rows, depth, positions }: LinearShape, kept: number, height: number): number {
  const blocks = Math.ceil(depth / PANEL_INPUTS);
  const moved = 300 + positions * (40 * blocks + 33 * Math.ceil(rows / LANES));
  const product = (most: number, strip: number): number => {
    const tiles = Math.ceil(rows / divisorUpTo(height, most));
    const vector = blocks * (39 * tiles + 10 * rows) + kept * (5.5 * tiles + 2 * rows);
    const rest = positions % strip;
    const few = tiles * (blocks * (135 + 2 * rest) + kept * (2 * rest + 6)) + (rest <= 4 ? 18 * rows : 0);
    return Math.floor(positions / strip) * vector + (rest === 0 ? 0 : rest <= FEW_POSITIONS ? few : vector);
  };
  const panels = moved + Math.min(product(PANEL_ROWS, 16), product(DENSE_ROWS, LANES));
  if (positions > DENSE_ROWS) return panels;
  const together = positions < 3 ? 1 : positions;
  const tiles = Math.ceil(rows / height) * Math.ceil(height / LANES);
  const lookedUp = (positions / together) * tiles * (55 + 17 * together + kept * (3 * together + 6));
  return Math.min(panels, lookedUp);
}

/** The largest divisor of a mask tile's rows that is at most `most`: its rows are cut into equal parts. */
function divisorUpTo(height: number, most: number): number {
  let divisor = Math.min(height, most);
  while (height % divisor !== 0) divisor--;
  return divisor;
}
