import { Dice } from './mutate/dice.mjs';

/** As large as damage may make a file; what is longer is cut. */
const LARGEST = 1 << 20;

/**
 * The bytes of case `index`: the same for the same seed, whatever ran before.
 *
 * @param {import('./formats/index.mjs').Format} format
 * @param {readonly Uint8Array[]} seeds
 */
export function caseBytes(format, seeds, seed, index) {
  const dice = new Dice(seed, `case ${index}`);
  const [bytes, other] = [dice.pick(seeds), dice.pick(seeds)];
  return format.mutate(bytes, dice, other).subarray(0, LARGEST);
}
