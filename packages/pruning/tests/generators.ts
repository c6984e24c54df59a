import { elementCount, type RowAxis, type Tensor } from '@ait-rvv/ir';
import { RandomSource } from '@ait-rvv/ir/weights';

/** Seeded draws for property tests: a failing case names its number, which makes it again. */
export class Draw {
  readonly #random: RandomSource;

  constructor(seed: number) {
    this.#random = new RandomSource(seed);
  }

  /** A whole number from `low` to `high`. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.#random.uniform(0, high - low + 1));
  }

  chance(share: number): boolean {
    return this.#random.uniform(0, 1) < share;
  }

  one<T>(list: readonly [T, ...T[]]): T {
    return list[this.whole(0, list.length - 1)] ?? list[0];
  }

  /** Convolution or linear weight of a random small shape. `ties`: few different magnitudes, so that scores tie. */
  weight(ties = false): { readonly tensor: Tensor; readonly rowAxis: RowAxis } {
    const rows = this.whole(1, 20);
    const conv = this.chance(0.5);
    const rowAxis: RowAxis = conv || this.chance(0.5) ? 0 : 1;
    const depth = this.whole(1, 40);
    const shape = conv
      ? [rows, this.whole(1, 9), this.whole(1, 3), this.whole(1, 3)]
      : rowAxis === 0
        ? [rows, depth]
        : [depth, rows];
    return { tensor: this.tensor(shape, ties), rowAxis };
  }

  /** Elements other than zero. */
  tensor(shape: readonly number[], ties = false): Tensor {
    const data = Float32Array.from({ length: elementCount(shape) }, () => {
      const magnitude = ties ? this.whole(1, 3) : this.#random.uniform(0.1, 1);
      return this.chance(0.5) ? magnitude : -magnitude;
    });
    return { dtype: 'f32', shape, data };
  }

  /** Numbers 0 … count−1 in random order. */
  order(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    for (let i = count - 1; i > 0; i--) {
      const j = this.whole(0, i);
      [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
    }
    return order;
  }
}

/** Runs a property on `count` cases of their own seeds. */
export function forAll(count: number, property: (draw: Draw, seed: number) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      property(new Draw(seed), seed);
    } catch (error) {
      throw new Error(`case ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

/** The bits of f32 elements: −0 is not 0, and a NaN is itself. */
export function bits(tensor: Tensor): Uint32Array {
  const { buffer, byteOffset, length } = tensor.data as Float32Array;
  return new Uint32Array(buffer, byteOffset, length);
}
