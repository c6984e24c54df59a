import { CheckError, grouped, UsageError } from '@ait-rvv/command';
import { readFileSync } from 'node:fs';
import type { BenchReport } from './report.js';

/** Reads an earlier `bench --json` report; undefined without a path. */
export function readBaseline(path: string | undefined): BenchReport | undefined {
  if (path === undefined) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<BenchReport>;
    if (value.schemaVersion === 1 && value.total !== undefined) return value as BenchReport;
  } catch {
    // Said below, as for a file of another kind.
  }
  throw new UsageError(`${JSON.stringify(path)} is no report of ait-rvv bench --json`);
}

/** `5%` as a fraction. */
export function percentage(given: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(given);
  if (match === null) throw new UsageError(`--max-regress takes a percentage such as 5%, not ${JSON.stringify(given)}`);
  return Number(match[1]) / 100;
}

/** What reports are compared by: the first of these that both have. */
const MEASURES = [
  { what: 'the number of cycles', of: ({ total }: BenchReport) => total.cycles },
  { what: 'the number of instructions', of: ({ total }: BenchReport) => total.instructions },
  { what: 'the median time', of: ({ total }: BenchReport) => total.nanoseconds?.median },
];

/** Throws CheckError when a report is worse than the one before by more than a fraction. */
export function compareWithBaseline(now: BenchReport, before: BenchReport, regress: number): void {
  if (now.device !== before.device || now.threads !== before.threads) {
    throw new UsageError('the baseline was measured on another device or with other threads');
  }
  if (now.model?.version !== before.model?.version) {
    throw new UsageError('the baseline was measured with another version of the core model', ['measure it again']);
  }
  const measure = MEASURES.find(({ of }) => of(now) !== undefined && of(before) !== undefined);
  if (measure === undefined) throw new UsageError('the baseline holds nothing to compare with');
  const [a, b] = [measure.of(now) ?? 0, measure.of(before) ?? 0];
  if (a > b * (1 + regress)) {
    const more = ((100 * (a - b)) / b).toFixed(1);
    throw new CheckError(`${measure.what} went from ${grouped(b)} to ${grouped(a)} (${more}% more)`);
  }
}
