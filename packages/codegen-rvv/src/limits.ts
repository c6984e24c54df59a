import type { TemplateStep } from './epilogue.js';

/** Vector register groups of a tile: T·L accumulators and one loaded group (method: register rule, by experiment). */
export function fitsRegisters(t: number, l: number): boolean {
  return (t + 1) * l <= 32;
}

/**
 * Register groups a step wants besides its value, where that is more than one; they must not meet a tile that fills
 * the registers. Found by reading the compiled kernels; the spill test holds them true.
 */
const HEAVY: Readonly<Record<string, number>> = {
  sigmoid: 5,
  silu: 5,
  tanh: 5,
  exp: 5,
  log: 5,
  pow: 5,
  fmod: 5,
  elu: 5,
  selu: 5,
  celu: 5,
  mish: 5,
  softplus: 6,
  erf: 7,
  gelu: 7,
  sin: 7,
  cos: 7,
};

/** Registers the heaviest of these steps wants besides its value, in groups of the tile's LMUL. */
export function temporaryGroups(kinds: readonly string[]): number {
  return Math.max(1, ...kinds.map((kind) => HEAVY[kind] ?? 1));
}

/**
 * A tile that leaves room for the epilogue's temporaries while its accumulators wait to be stored. `lasting` groups
 * are operands that all rows share and that stay in registers meanwhile.
 */
export function fitsEpilogue(t: number, l: number, steps: readonly Pick<TemplateStep, 'kind'>[], lasting = 0): boolean {
  const temporaries = temporaryGroups(steps.map((step) => step.kind)) + lasting;
  return fitsRegisters(t, l) && (t + temporaries) * l <= 32;
}
