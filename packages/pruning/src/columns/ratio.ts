/** A share as the exact fraction its decimal digits say: 0.7 is 7/10, not the double next to it. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^([0-9]{0,30})(?:\.([0-9]{0,30}))?(?:[eE]([+-]?[0-9]{1,2}))?$/;

/**
 * Reads a share in [0, 1) exactly; undefined for anything else. A number stands for the shortest decimal that names
 * it, as JavaScript prints it.
 */
export function parseRatio(given: number | string): Ratio | undefined {
  const match = DECIMAL.exec(String(given).trim());
  const [, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const numerator = scale < 0 ? digits * 10n ** BigInt(-scale) : digits;
  const denominator = scale > 0 ? 10n ** BigInt(scale) : 1n;
  return numerator < denominator ? { numerator, denominator } : undefined;
}

/** floor(ratio · count), exactly. */
export function floorOf({ numerator, denominator }: Ratio, count: number): number {
  return Number((numerator * BigInt(count)) / denominator);
}

/**
 * The shortest decimal `r` with floor(r · count) = dropped, so that a count can be given as a ratio. The decimals that
 * do lie in [dropped/count, (dropped+1)/count).
 */
export function ratioDropping(dropped: number, count: number): number {
  for (let digits = 0; ; digits++) {
    const scale = 10n ** BigInt(digits);
    const candidate = (BigInt(dropped) * scale + BigInt(count) - 1n) / BigInt(count);
    if ((candidate * BigInt(count)) / scale === BigInt(dropped)) return Number(`${candidate}e-${digits}`);
  }
}
