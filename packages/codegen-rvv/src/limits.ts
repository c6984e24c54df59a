import type { TemplateStep } from './epilogue.js';

/** Vector register groups of a tile: T·L accumulators and one loaded group (method: register rule, by experiment). */
export function fitsRegisters(t: number, l: number): boolean {
  return (t + 1) * l <= 32;
}

/** Registers of a product tile: accumulators of all strips, and a loaded vector for each. */
export function fitsProduct({ t, s, l }: { readonly t: number; readonly s: number; readonly l: number }): boolean {
  return (t + 1) * s * l <= 32;
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

/**
 * Operands of an epilogue that all rows of a tile share when its lanes are columns, and that stay in registers while
 * other steps need some of their own: a bias along the lanes is loaded once for all rows.
 */
export function lastingOperands(steps: readonly TemplateStep[]): number {
  return steps.length > 1 ? steps.filter((step) => step.kind === 'bias' && step.operand === 'lane').length : 0;
}

/** The same for a product tile, all strips of which wait to be stored. */
export function fitsProductEpilogue(
  tile: { readonly t: number; readonly s: number; readonly l: number },
  steps: readonly Pick<TemplateStep, 'kind'>[],
): boolean {
  const { t, s, l } = tile;
  return fitsProduct(tile) && (t * s + temporaryGroups(steps.map((step) => step.kind))) * l <= 32;
}

/**
 * How many groups lie between one at its second step and one at its first, in an epilogue that is applied to several
 * groups at once (templates/shared/epilogue.njk): 2 hide the latency of a step; a step with temporaries of its own, or
 * registers that are full, leave no room for that. `free` are the groups beside those that wait.
 */
export function staggerLag(steps: readonly Pick<TemplateStep, 'kind'>[], free: number): number {
  return temporaryGroups(steps.map((step) => step.kind)) > 1 || free < 2 ? 0 : 2;
}
