/** Vector register groups of a tile: T·L accumulators and one loaded group (method: register rule, by experiment). */
export function fitsRegisters(t: number, l: number): boolean {
  return (t + 1) * l <= 32;
}

/** Steps that need more than one temporary register group; they must not meet a tile that fills the registers. */
const HEAVY = new Set(['sigmoid', 'silu', 'tanh', 'gelu', 'exp', 'log', 'erf', 'pow']);

/** Registers the heaviest of these steps wants besides its value, in groups of the tile's LMUL. */
export function temporaryGroups(kinds: readonly string[]): number {
  return kinds.some((kind) => HEAVY.has(kind)) ? 5 : 1;
}

/** A tile that leaves room for the epilogue's temporaries while its accumulators wait to be stored. */
export function fitsEpilogue(t: number, l: number, kinds: readonly string[]): boolean {
  return fitsRegisters(t, l) && (t + temporaryGroups(kinds)) * l <= 32;
}
