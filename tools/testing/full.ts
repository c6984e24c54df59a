/** True for `npm run test:full`: the slow checks that do not fit into every run. */
export const FULL = process.env['AIT_RVV_TEST_FULL'] === '1';

/** All of a grid in the full run, every `nth` of it otherwise. */
export function sample<T>(grid: readonly T[], nth: number, first = 0): readonly T[] {
  return FULL ? grid : grid.filter((_, index) => index % nth === first);
}
