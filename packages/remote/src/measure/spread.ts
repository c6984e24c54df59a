import type { Fingerprint } from '../board/fingerprint.js';
import { RemoteError } from '../errors.js';

/** What happened to one job. */
export type JobOutcome<R> = { readonly result: R } | { readonly error: RemoteError };

export interface SpreadOptions<J, B, R> {
  readonly jobs: readonly J[];
  readonly boards: readonly B[];
  readonly work: (job: J, board: B) => Promise<R>;
  /** Told every outcome at once, so that nothing is lost with what is still running. */
  readonly onOutcome: (job: J, outcome: JobOutcome<R>, board: B) => void;
  /** How often a job may lose its connection before it counts as failed: it may be what takes boards down. */
  readonly attempts?: number;
}

const ATTEMPTS = 2;

/**
 * Works off jobs on several boards, one at a time on each, in order. A job that was cut off is done again, by whichever
 * board is free first. A board that cannot be reached any more is left out and its job goes to the others; when none is
 * left, throws its error. Errors of other kinds are outcomes of their job.
 */
export async function spreadJobs<J, B, R>(options: SpreadOptions<J, B, R>): Promise<void> {
  const queue = new JobQueue(options.jobs);
  const gone: RemoteError[] = [];
  await Promise.all(
    options.boards.map(async (board) => {
      const error = await serve(board, queue, options);
      if (error !== undefined) gone.push(error);
    }),
  );
  if (!queue.empty) throw gone[0] ?? new RemoteError('device-failed', 'there is no board to measure on');
}

/** Takes jobs until there are none or the board is gone; returns why it is. */
async function serve<J, B, R>(
  board: B,
  queue: JobQueue<J>,
  { work, onOutcome, attempts = ATTEMPTS }: SpreadOptions<J, B, R>,
): Promise<RemoteError | undefined> {
  for (let job = await queue.take(); job !== undefined; job = await queue.take()) {
    const { input } = job;
    const outcome = await attempt(() => work(input, board)).catch((error: unknown) => {
      queue.giveBack(job);
      throw error;
    });
    const code = 'error' in outcome ? outcome.error.code : undefined;
    if (code === 'connection-lost' && ++job.losses < attempts) {
      queue.giveBack(job);
    } else if ('error' in outcome && (code === 'unreachable' || code === 'connection-refused')) {
      queue.giveBack(job);
      return outcome.error;
    } else {
      queue.done();
      onOutcome(input, outcome, board);
    }
  }
  return undefined;
}

interface Job<J> {
  readonly input: J;
  losses: number;
}

/** Jobs in order; one that was given back comes first. */
class JobQueue<J> {
  readonly #waiting: Job<J>[];
  #running = 0;
  #wake: (() => void)[] = [];

  constructor(inputs: readonly J[]) {
    this.#waiting = inputs.map((input) => ({ input, losses: 0 }));
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** The next job; waits while one that is running may yet come back, and returns undefined when none can. */
  async take(): Promise<Job<J> | undefined> {
    while (this.#waiting.length === 0 && this.#running > 0) {
      await new Promise<void>((resolve) => void this.#wake.push(resolve));
    }
    const job = this.#waiting.shift();
    if (job !== undefined) this.#running++;
    return job;
  }

  giveBack(job: Job<J>): void {
    this.#waiting.unshift(job);
    this.done();
  }

  done(): void {
    this.#running--;
    for (const wake of this.#wake.splice(0)) wake();
  }
}

async function attempt<R>(work: () => Promise<R>): Promise<JobOutcome<R>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof RemoteError && error.code !== 'interrupted') return { error };
    throw error;
  }
}

/** What has to be the same for measurements of two boards to be comparable. */
const ALIKE = ['machine', 'model', 'cores', 'vlen'] as const satisfies readonly (keyof Fingerprint)[];

/** Refuses boards that are not alike: their measurements cannot be mixed. */
export function requireAlike(boards: readonly { readonly name: string; readonly fingerprint: Fingerprint }[]): void {
  const [first, ...others] = boards;
  for (const other of others) {
    const what = ALIKE.filter((key) => first?.fingerprint[key] !== other.fingerprint[key]);
    const clocks = first?.fingerprint.kilohertz.join() !== other.fingerprint.kilohertz.join() ? ['clock'] : [];
    if (first !== undefined && what.length + clocks.length > 0) {
      throw new RemoteError(
        'device-unknown',
        `${first.name} and ${other.name} are not alike: ${[...what, ...clocks].join(', ')} differ`,
        ['measure on one of them, or on boards of one kind'],
      );
    }
  }
}
