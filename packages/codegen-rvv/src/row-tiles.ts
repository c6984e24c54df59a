/** How the rows of a product are cut into tiles: `tall` tiles of `t` rows, then tiles of `low` rows. */
export interface RowTiles {
  readonly t: number;
  readonly tall: number;
  /** Rows of the other tiles; 0 when there are none. */
  readonly low: number;
  readonly tiles: number;
}

/**
 * Cuts `rows` into as few tiles of at most `most` rows as there can be, and as even ones: 64 rows are 4 tiles of 7 and
 * 6 of 6 rather than 9 of 7 and one of a single row, which would cost nearly as much as a tall one.
 *
 * Rows that must stay together (those of a mask's tile, which share their columns) come as `shared`, a multiple of
 * `most`: full groups of them are cut into tiles of `most` rows, and only what remains is dealt evenly.
 */
export function cutRows(rows: number, most: number, shared = 0): RowTiles {
  const full = shared > 0 ? (Math.floor(rows / shared) * shared) / most : 0;
  const rest = rows - full * most;
  const count = Math.ceil(rest / most);
  if (count === 0) return { t: most, tall: full, low: 0, tiles: full };
  for (let tall = 0; tall < count; tall++) {
    const low = (rest - tall * most) / (count - tall);
    if (!Number.isInteger(low)) continue;
    if (full + tall === 0) return { t: low, tall: count, low: 0, tiles: count };
    return low === most
      ? { t: most, tall: full + count, low: 0, tiles: full + count }
      : { t: most, tall: full + tall, low, tiles: full + count };
  }
  throw new RangeError(`cannot cut ${rows} rows into tiles of ${most}`);
}

/** First row and rows of every tile. */
export function* rowTiles({
  t,
  tall,
  low,
  tiles,
}: RowTiles): Generator<{ readonly first: number; readonly rows: number }> {
  for (let tile = 0; tile < tiles; tile++) {
    yield tile < tall ? { first: tile * t, rows: t } : { first: tall * t + (tile - tall) * low, rows: low };
  }
}
