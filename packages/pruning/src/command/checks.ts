import type { Plan } from '../index.js';

/** Thresholds that a plan must keep; undefined ones are not asked for. */
export interface Thresholds {
  /** Least retained score. */
  readonly minRetained: number | undefined;
  /** Largest share of the model's multiply-adds. */
  readonly maxMacs: number | undefined;
}

export interface CheckResult {
  readonly name: string;
  readonly limit: number;
  readonly actual: number;
  readonly passed: boolean;
  /** `0.57 of at least 0.8` */
  readonly text: string;
}

export function runChecks({ totals }: Plan, { minRetained, maxMacs }: Thresholds): readonly CheckResult[] {
  const results: CheckResult[] = [];
  if (minRetained !== undefined) {
    const actual = totals.retained;
    const text = `retained score ${actual}, at least ${minRetained}`;
    results.push({ name: 'min-retained', limit: minRetained, actual, passed: actual >= minRetained, text });
  }
  if (maxMacs !== undefined) {
    const { before, after } = totals.macs;
    const actual = before === 0 ? 1 : after / before;
    const text = `${actual.toFixed(4)} of the multiply-adds left, at most ${maxMacs}`;
    results.push({ name: 'max-macs', limit: maxMacs, actual, passed: after <= maxMacs * before, text });
  }
  return results;
}
