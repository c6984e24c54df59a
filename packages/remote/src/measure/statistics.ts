/** A summary that a few disturbed samples do not change. */
export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  /** Median distance from the median, times 1.4826: the standard deviation of a normal distribution. */
  readonly deviation: number;
  /** The deviation as a part of the median. */
  readonly spread: number;
  /** Samples more than five deviations above the median; they were disturbed. */
  readonly outliers: number;
}

const OUTLIER_DEVIATIONS = 5;
/** Of samples that hardly differ, one a thousandth away is none. */
const SMALLEST_PART = 1e-3;

/** Summarises at least one sample; throws a RangeError for none. */
export function summarize(samples: readonly number[]): Statistics {
  if (samples.length === 0) throw new RangeError('there are no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const deviation =
    1.4826 *
    quantile(
      sorted.map((sample) => Math.abs(sample - median)).sort((a, b) => a - b),
      0.5,
    );
  const limit = median + Math.max(OUTLIER_DEVIATIONS * deviation, SMALLEST_PART * median);
  return {
    count: sorted.length,
    min: sorted[0] ?? 0,
    median,
    p95: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0,
    deviation,
    spread: median === 0 ? 0 : deviation / median,
    outliers: sorted.filter((sample) => sample > limit).length,
  };
}

/** Between two samples the middle of them. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? 0;
  return (low + high) / 2;
}
