/**
 * Seeded pseudo-random numbers, the same on every machine: splitmix32 seeds xoshiro128** (Blackman and Vigna), whose
 * 32-bit steps are exact in JavaScript.
 */
export class RandomSource {
  readonly #state: Int32Array;

  constructor(seed: number) {
    let x = seed | 0;
    this.#state = Int32Array.from({ length: 4 }, () => {
      x = (x + 0x9e3779b9) | 0;
      let z = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    });
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    const s = this.#state;
    const [s0, s1, s2, s3] = s as unknown as [number, number, number, number];
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    s[2] = s2 ^ s0;
    s[3] = s3 ^ s1;
    s[1] = s1 ^ s2 ^ s0;
    s[0] = s0 ^ s3 ^ s1;
    s[2] = s2 ^ s0 ^ (s1 << 9);
    const high = s3 ^ s1;
    s[3] = (high << 11) | (high >>> 21);
    return result >>> 0;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * (this.next() / 2 ** 32);
  }

  /** `count` values uniform in [low, high), as f32. */
  fill(count: number, low: number, high: number): Float32Array {
    const values = new Float32Array(count);
    const scale = (high - low) / 2 ** 32;
    for (let i = 0; i < count; i++) values[i] = low + this.next() * scale;
    return values;
  }
}

/** A seed for one of many streams: equal names give equal streams, different ones unrelated ones (FNV-1a). */
export function seedFor(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
