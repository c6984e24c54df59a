import { productTileCycles } from './cost.js';
import { cutRows } from './row-tiles.js';
import { placesOf, type WinogradTile } from './winograd-weights.js';

/** A convolution as the Winograd kernel runs it. */
export interface WinogradWork extends WinogradTile {
  readonly batch: number;
  /** Output and input channels. */
  readonly rows: number;
  readonly channels: number;
  /** Tiles of a picture from top to bottom and from left to right, and of all pictures. */
  readonly high: number;
  readonly wide: number;
  readonly count: number;
  /** Row tiles and lanes of the products, and how many strips of them make a round. */
  readonly t: number;
  readonly l: number;
  readonly strip: number;
  readonly roundStrips: number;
}

/** Cycles of an element that is copied from the picture to a line, and of one that goes from a line to the result. */
const READ_ELEMENT = 1.8;
const WRITTEN_ELEMENT = 2.8;

/** Cycles of one register of tiles in a line of one channel: transformed along it, there and back. */
const LINE_IN = { 2: 50, 4: 85 } as const;
const LINE_OUT = { 2: 55, 4: 80 } as const;

/** Cycles of a group of two registers in a place, transformed from line to line, there and back. */
const PLACE_IN = 22;
const PLACE_OUT = 17;

/** What a line of weights takes beyond the multiply-adds it feeds, and what it takes at least: it comes from memory. */
const WEIGHT_LINE = 4;
const WEIGHT_LINE_LEAST = 17;

/** Cycles of one row tile at one place beside its multiply-adds. */
const ROW_TILE = 60;

/** Estimated cycles of one in-order core with VLEN-bit registers; see `productTileCycles`. */
export function winogradCycles(work: WinogradWork, vlen: number): number {
  return multiplyCycles(work, vlen) + transformCycles(work, vlen);
}

function multiplyCycles(work: WinogradWork, vlen: number): number {
  const { rows, channels, count, t, l, strip, roundStrips } = work;
  const places = placesOf(work);
  const tiles = cutRows(rows, t);
  const strips = Math.ceil(count / strip);
  const product = productTileCycles(
    {
      kept: channels,
      depth: channels,
      positions: count,
      tile: { t: tiles.t, s: 1, l },
      rows: tiles,
      blocking: { kBlock: channels, rowTiles: tiles.tiles },
    },
    vlen,
  );
  const lines = (places * rows * channels * 4 * Math.ceil(strips / roundStrips)) / 64;
  const compute = places * (product + tiles.tiles * strips * ROW_TILE);
  return Math.max(compute + lines * WEIGHT_LINE, lines * WEIGHT_LINE_LEAST);
}

function transformCycles(work: WinogradWork, vlen: number): number {
  const { batch, rows, channels, high, wide, count, down, across } = work;
  const lanes = vlen / 32;
  const tileRows = batch * high;
  const registers = tileRows * Math.ceil(wide / lanes);
  const groups = (placesOf(work) * count) / (2 * lanes);
  const read = tileRows * (down + 2) * (wide * across + 2) * READ_ELEMENT;
  const written = tileRows * down * wide * across * WRITTEN_ELEMENT;
  return (
    channels * (read + registers * (down + 2) * LINE_IN[across] + groups * PLACE_IN) +
    rows * (written + registers * down * LINE_OUT[across] + groups * PLACE_OUT)
  );
}
