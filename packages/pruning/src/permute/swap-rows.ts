/**
 * Cuts rows into tiles so that rows of a tile like the same columns.
 *
 * What a tile keeps by its best columns grows with how much its column sums differ from each other, that is, with the
 * standard deviation of the sum of its rows: √Q, where Q sums the products of the rows' (centred) features over all
 * pairs of the tile. So pairs of rows of different tiles are exchanged as long as that raises the sum of √Q: for each
 * row in turn, with the best partner there is, until a sweep changes nothing or `sweeps` are done. Each exchange is
 * tried in constant time from the products of all pairs and the sums over the tiles.
 *
 * @param products symmetric `[rows][rows]`: scalar products of the rows' features
 * @param tileOf tile of every row; changed in place
 */
export function swapRows(products: Float64Array, tileOf: Int32Array, tiles: number, sweeps: number): void {
  const search = new TileSearch(products, tileOf, tiles);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let changed = false;
    for (let row = 0; row < tileOf.length; row++) {
      const partner = search.bestPartner(row);
      if (partner === undefined) continue;
      search.exchange(row, partner);
      changed = true;
    }
    if (!changed) break;
  }
}

/** An exchange must raise the objective by more than rounding does. */
const LEAST_GAIN = 1e-9;

class TileSearch {
  readonly #rows: number;
  /** `[rows][tiles]`: products of a row with all rows of a tile. */
  readonly #withTile: Float64Array;
  /** Products of all pairs of a tile. */
  readonly #inTile: Float64Array;

  constructor(
    readonly products: Float64Array,
    readonly tileOf: Int32Array,
    readonly tiles: number,
  ) {
    const rows = tileOf.length;
    this.#rows = rows;
    this.#withTile = new Float64Array(rows * tiles);
    this.#inTile = new Float64Array(tiles);
    for (let row = 0; row < rows; row++) {
      for (let other = 0; other < rows; other++) {
        add(this.#withTile, row * tiles + (tileOf[other] as number), products[row * rows + other] as number);
      }
      const tile = tileOf[row] as number;
      add(this.#inTile, tile, this.#withTile[row * tiles + tile] as number);
    }
  }

  /** The row of another tile whose exchange with this one raises the objective most; undefined when none does. */
  bestPartner(row: number): number | undefined {
    let best: number | undefined;
    let most = LEAST_GAIN * this.#scale(row);
    for (let other = 0; other < this.#rows; other++) {
      if (this.tileOf[other] === this.tileOf[row]) continue;
      const gain = this.#gain(row, other);
      if (gain > most) {
        most = gain;
        best = other;
      }
    }
    return best;
  }

  exchange(a: number, b: number): void {
    const [s, t] = [this.tileOf[a] as number, this.tileOf[b] as number];
    this.#inTile[s] = this.#pairsAfter(a, b);
    this.#inTile[t] = this.#pairsAfter(b, a);
    this.tileOf[a] = t;
    this.tileOf[b] = s;
    for (let row = 0; row < this.#rows; row++) {
      const difference = this.#product(row, b) - this.#product(row, a);
      add(this.#withTile, row * this.tiles + s, difference);
      add(this.#withTile, row * this.tiles + t, -difference);
    }
  }

  #gain(a: number, b: number): number {
    const [s, t] = [this.tileOf[a] as number, this.tileOf[b] as number];
    const before = root(this.#inTile[s] as number) + root(this.#inTile[t] as number);
    return root(this.#pairsAfter(a, b)) + root(this.#pairsAfter(b, a)) - before;
  }

  /** Q of the tile of `leaving`, were `coming` in its place. */
  #pairsAfter(leaving: number, coming: number): number {
    const tile = this.tileOf[leaving] as number;
    const without = (this.#inTile[tile] as number) - 2 * this.#sumWith(leaving, tile) + this.#product(leaving, leaving);
    return without + 2 * (this.#sumWith(coming, tile) - this.#product(leaving, coming)) + this.#product(coming, coming);
  }

  #sumWith(row: number, tile: number): number {
    return this.#withTile[row * this.tiles + tile] as number;
  }

  #product(a: number, b: number): number {
    return this.products[a * this.#rows + b] as number;
  }

  #scale(row: number): number {
    return root(this.#inTile[this.tileOf[row] as number] as number);
  }
}

function add(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] as number) + value;
}

/** Rounding may leave a little less than nothing. */
function root(value: number): number {
  return Math.sqrt(Math.max(0, value));
}
