import { executionProfile, type ExecutionFigures } from './figures.js';
import type { ExecutionRecord } from './record.js';

/** What the program executed inside the marker region, over all threads; exact and repeatable with one thread. */
export interface InstructionCounts extends Omit<ExecutionFigures, 'vectorSpills'> {
  readonly vlen: number;
  /** Whether marker instructions delimited the counts, or the whole program was counted. */
  readonly region: 'markers' | 'program';
}

export function countsOf(record: ExecutionRecord): InstructionCounts {
  const { vlen, region, total } = executionProfile(record);
  const { vectorSpills: _, ...counts } = total;
  return { vlen, region, ...counts };
}
