import { RemoteError } from '../errors.js';

/** One timed inference. */
export interface Sample {
  readonly nanoseconds: number;
  /** Of all threads, where they could be counted. */
  readonly cycles?: number;
}

/** What a program says in the end, as `--json` prints it. */
export type ProgramReport = Readonly<Record<string, unknown>>;

/** No line of ours is longer; a program that prints more without a line end prints noise. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * Reads what a program prints with --samples: a line `{"sample":…}` for each timed inference, then its report. Lines
 * come as the program runs, so that what was measured before it was cut off is known. Whatever else it prints is noise.
 */
export class SampleReader {
  readonly samples: Sample[] = [];
  #report: ProgramReport | undefined;
  #cycles: string | undefined;
  #rest = '';
  #noise = false;
  #failure: RemoteError | undefined;
  readonly #listen: ((sample: Sample) => void) | undefined;

  constructor(listen?: (sample: Sample) => void) {
    this.#listen = listen;
  }

  /** The next piece of the program's output. Never throws: what is wrong with it is told by {@link report}. */
  push(chunk: Buffer): void {
    const [first = '', ...others] = chunk.toString('utf8').split('\n');
    this.#rest += first;
    for (const next of others) {
      if (!this.#noise) this.#line(this.#rest);
      this.#noise = false;
      this.#rest = next;
    }
    if (this.#rest.length > LONGEST_LINE) {
      this.#noise = true;
      this.#rest = '';
    }
  }

  /**
   * The report, once the program has ended well. Throws RemoteError `device-failed` when it has not said one, or has
   * measured times that are none.
   */
  get report(): ProgramReport {
    if (this.#failure !== undefined) throw this.#failure;
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
    if (!isPositive(nanoseconds)) {
      this.#failure = new RemoteError('device-failed', 'the program has measured a time that is none', [
        'the clock of the machine may have jumped',
      ]);
      return;
    }
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
