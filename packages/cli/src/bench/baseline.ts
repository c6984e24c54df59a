import { CheckError, grouped, UsageError } from '@ait-rvv/command';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BenchReport } from './report.js';

/** What is read of an earlier report. */
const schema = z.object({
  schemaVersion: z.literal(1),
  device: z.string(),
  threads: z.number(),
  model: z.object({ core: z.string(), version: z.string() }).optional(),
  total: z.object({
    cycles: z.number().optional(),
    instructions: z.number().optional(),
    nanoseconds: z.object({ median: z.number().optional() }).optional(),
  }),
});

export type Baseline = z.infer<typeof schema>;

/** Reads an earlier `bench --json` report; undefined without a path. */
export function readBaseline(path: string | undefined): Baseline | undefined {
  if (path === undefined) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data;
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
  { what: 'the number of cycles', of: ({ total }: Pick<Baseline, 'total'>) => total.cycles },
  { what: 'the number of instructions', of: ({ total }: Pick<Baseline, 'total'>) => total.instructions },
  { what: 'the median time', of: ({ total }: Pick<Baseline, 'total'>) => total.nanoseconds?.median },
];

/** Throws CheckError when a report is worse than the one before by more than a fraction. */
export function compareWithBaseline(now: BenchReport, before: Baseline, regress: number): void {
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
