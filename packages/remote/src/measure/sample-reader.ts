import { RemoteError } from '../errors.js';

/** One timed inference. */
export interface Sample {
  readonly nanoseconds: number;
  /** Of all threads, where they could be counted. */
  readonly cycles?: number;
}

/** What a program says in the end, as `--json` prints it. */
export type ProgramReport = Readonly<Record<string, unknown>>;

/**
 * Reads what a program prints with --samples: a line `{"sample":…}` for each timed inference, then its report. Lines
 * come as the program runs, so that what was measured before it was cut off is known.
 */
export class SampleReader {
  readonly samples: Sample[] = [];
  #report: ProgramReport | undefined;
  #cycles: string | undefined;
  #rest = '';
  readonly #listen: ((sample: Sample) => void) | undefined;

  constructor(listen?: (sample: Sample) => void) {
    this.#listen = listen;
  }

  /** The next piece of the program's output. */
  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** The report, once the program has ended well. Throws RemoteError `device-failed` when it has not said one. */
  get report(): ProgramReport {
    if (this.#report === undefined || this.samples.length === 0) {
      throw new RemoteError('device-failed', 'the program has not said what it has measured');
    }
    return this.#report;
  }

  /** Why there are no cycles; undefined when there are. */
  get whyNoCycles(): string | undefined {
    return this.#cycles === 'perf_event' ? undefined : (this.#cycles ?? 'the program does not say');
  }

  #line(line: string): void {
    const value = parseRecord(line);
    if (value === undefined) return;
    if (typeof value['counter'] === 'string') this.#cycles = value['counter'];
    else if ('sample' in value) this.#sample(value);
    else if ('nanoseconds' in value) this.#report = value;
  }

  #sample(value: Readonly<Record<string, unknown>>): void {
    const { nanoseconds, cycles } = value;
    if (!isPositive(nanoseconds))
      throw new RemoteError('device-failed', 'the program has measured a time that is none');
    const sample = { nanoseconds, ...(isPositive(cycles) ? { cycles } : {}) };
    this.samples.push(sample);
    this.#listen?.(sample);
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
