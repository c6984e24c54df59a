/**
 * Kernels whose speed on a board was published, in bytes per cycle: `level` says which cache holds the data. Copies
 * count the bytes copied. `role` as in loops.mjs; `fitted` when numbers of the
 * core's file were chosen so that kernels like it come out.
 */
const SIZES = { L1: 11159, L2: 73827, memory: 16_000_000 };

const kernel = (name, lmul, level, role, published, from, more = {}) => ({
  name,
  lmul,
  level,
  bytes: SIZES[level],
  role,
  published: { 'spacemit-x60': published },
  from,
  ...more,
});

const EARLIER = 'rvv-bench, 2024';
const LATER = 'rvv-bench, later run';
const SBC = 'sbc-bench';

const DISAGREE =
  'the two runs of rvv-bench disagree: that of 2024 copies half as fast from the second level as the later one, and from memory slower than sbc-bench; the model follows the later ones';

export const KERNELS = [
  kernel('memset', 1, 'L1', 'fitted', 4.81, EARLIER),
  kernel('memset', 8, 'L1', 'fitted', 13, LATER),
  kernel('memset', 8, 'L2', 'fitted', 9.3, LATER),
  kernel('memset', 8, 'memory', 'fitted', 4.49, SBC),
  kernel('memcpy', 1, 'L1', 'fitted', 3.68, EARLIER),
  kernel('memcpy', 2, 'L1', 'fitted', 4.16, EARLIER, { why: DISAGREE }),
  kernel('memcpy', 4, 'L1', 'fitted', 5.5, LATER, {
    why: 'published as 5 to 6, of which this is the middle; 4.47 in the run of 2024',
  }),
  kernel('memcpy', 8, 'L1', 'fitted', 4.65, EARLIER, {
    why: `${DISAGREE}; in both runs LMUL 8 copies worse than LMUL 4 for a reason that is not known`,
  }),
  kernel('memcpy', 4, 'L2', 'fitted', 3.0, LATER, { why: '1.47 in the run of 2024' }),
  kernel('memcpy', 4, 'memory', 'fitted', 1.63, SBC),
];
