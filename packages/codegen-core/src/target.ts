/** What code is generated for. Nothing here names a board or says where the program will run. */
export interface Target {
  /** Value of the compiler's -march. */
  readonly march: string;
  /** Vector register length the program is tuned for, in bits; the code runs on any. */
  readonly tuneVlen: number;
}

/** Vector lengths of cores we know of; most have 256 bits. */
const COMMON_VLEN = 256;

/** The target of an architecture: a `zvl512b` in it promises that vector length, so that it is tuned for, too. */
export function targetFor(march: string): Target {
  const promised = [...march.matchAll(/_zvl([0-9]{1,5})b(?=_|$)/g)].map((match) => Number(match[1]));
  return { march, tuneVlen: promised.length === 0 ? COMMON_VLEN : Math.max(...promised) };
}

export const RV64GCV: Target = targetFor('rv64gcv');
