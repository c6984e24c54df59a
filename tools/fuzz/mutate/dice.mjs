import { RandomSource, seedFor } from '@ait-rvv/ir/weights';

/** Seeded choices: equal seeds and names give equal ones on every machine. */
export class Dice {
  #source;

  /**
   * @param {number} seed
   * @param {string} name tells streams of one seed apart
   */
  constructor(seed, name) {
    this.#source = new RandomSource(seedFor(seed, name));
  }

  /** A whole number from 0 to `count` - 1. */
  below(count) {
    return Math.floor(this.#source.uniform(0, count));
  }

  /** True once in `count` times. */
  once(count) {
    return this.below(count) === 0;
  }

  /** One of the items of a list that is not empty. */
  pick(items) {
    return items[this.below(items.length)];
  }

  /** Mostly 1, seldom many: how often something is done. */
  few() {
    let count = 1;
    while (count < 8 && this.once(2)) count++;
    return count;
  }
}
