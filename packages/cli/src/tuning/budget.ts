import { UsageError } from '@ait-rvv/command';
import type { Budget } from '@ait-rvv/tuning';

/** Choices of each layer unless said otherwise: in the zoo the search ends by itself before that. */
const CHOICES = 40;

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `--budget 12`: choices of each layer; `--budget 10m`: time of the whole run. */
export function parseBudget(given: string | undefined): Budget {
  if (given === undefined) return { choices: CHOICES, time: Infinity };
  const [, digits = '', unit = ''] = /^([0-9]{1,6})([smh]?)$/.exec(given) ?? [];
  const number = Number(digits);
  if (digits === '' || number === 0) {
    throw new UsageError(`--budget takes choices of each layer or a time, not ${JSON.stringify(given)}`, [
      'for example 12, 90s, 10m or 1h',
    ]);
  }
  return unit === '' ? { choices: number, time: Infinity } : { choices: CHOICES, time: number * (UNITS[unit] ?? 1) };
}
