import { doubts, readConditions, type Conditions } from '../board/conditions.js';
import { withLock } from '../board/lock.js';
import type { Machine } from '../board/machine.js';
import type { Workspace } from '../executor.js';
import { programFailure } from '../program-failure.js';
import { SampleReader, type ProgramReport, type Sample } from './sample-reader.js';
import { summarize, type Statistics } from './statistics.js';

export interface MeasureRequest {
  /** A compiled program of the workspace: `build/net`. */
  readonly program: string;
  readonly threads: number;
  readonly warmup: number;
  readonly iterations: number;
  /** Further options of the program. */
  readonly options?: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** How long to wait for others who measure on the machine. */
  readonly waitMs?: number;
  readonly log: (text: string) => void;
  /** Told every sample as it is taken. */
  readonly onSample?: (sample: Sample) => void;
}

/** What one program takes on one machine. */
export interface Measurement {
  readonly samples: readonly Sample[];
  readonly nanoseconds: Statistics;
  /** Of all threads; absent where the kernel lets nobody count. */
  readonly cycles?: Statistics;
  /** Cores the program was bound to; empty when it has more threads than the machine has cores. */
  readonly cpus: readonly number[];
  readonly before: Conditions;
  readonly after: Conditions;
  /** What makes the figures doubtful, a line each. */
  readonly warnings: readonly string[];
  /** The program's own report. */
  readonly report: ProgramReport;
}

const WAIT_MS = 600_000;
/** A spread beyond this says that something else was running. */
const WIDE = 0.05;
/** A timer whose step is more than this part of a sample decides its value. */
const COARSE = 0.01;

/**
 * Runs one program with warm-up and repetitions, alone on its machine and on cores of its own, and summarises what it
 * took. Throws RemoteError `timed-out`, `connection-lost`, `device-busy` or `device-failed`.
 */
export async function measureProgram(
  machine: Machine,
  workspace: Workspace,
  request: MeasureRequest,
): Promise<Measurement> {
  const { waitMs = WAIT_MS, log, signal } = request;
  const fingerprint = await machine.fingerprint();
  return withLock(machine.shell, { waitMs, log, signal }, async () => {
    const before = await readConditions(machine.shell);
    const cpus = chooseCpus(before.cpus, request.threads);
    const reader = new SampleReader(request.onSample);
    const result = await workspace.exec(commandOf(request, cpus), {
      timeoutMs: request.timeoutMs,
      ...(signal === undefined ? {} : { signal }),
      onStdout: (chunk) => reader.push(chunk),
    });
    if (result.exitCode !== 0) throw programFailure(request.program, result, request.timeoutMs);
    const { report } = reader;
    const after = await readConditions(machine.shell);
    const nanoseconds = summarize(reader.samples.map((sample) => sample.nanoseconds));
    const cycles = reader.samples.flatMap((sample) => (sample.cycles === undefined ? [] : [sample.cycles]));
    return {
      samples: reader.samples,
      nanoseconds,
      ...(cycles.length === reader.samples.length ? { cycles: summarize(cycles) } : {}),
      cpus,
      before,
      after,
      warnings: [
        ...doubts(before, after),
        ...(cpus.length === 0 ? [`${request.threads} threads share ${before.cpus.length} cores`] : []),
        ...(reader.whyNoCycles === undefined ? [] : [`cycles cannot be counted: ${reader.whyNoCycles}`]),
        ...doubtfulFigures(nanoseconds, fingerprint.timerNanoseconds),
      ],
      report,
    };
  });
}

function commandOf(
  { program, threads, warmup, iterations, options = [] }: MeasureRequest,
  cpus: readonly number[],
): string[] {
  const own = ['--samples', '--warmup', `${warmup}`, '--iterations', `${iterations}`, '--threads', `${threads}`];
  return [program, ...own, ...options, ...(cpus.length === 0 ? [] : ['--cpus', cpus.join(',')])];
}

/** The last cores: the first one serves interrupts, and neighbours share a cache. */
export function chooseCpus(allowed: readonly number[], threads: number): readonly number[] {
  return threads > allowed.length ? [] : allowed.slice(-threads);
}

function doubtfulFigures({ spread, outliers, count, median }: Statistics, timer: number): readonly string[] {
  const percent = (part: number): string => `${(100 * part).toFixed(1)}%`;
  return [
    ...(spread > WIDE ? [`the times spread by ${percent(spread)}`] : []),
    ...(outliers > 0.1 * count ? [`${outliers} of ${count} samples were disturbed`] : []),
    ...(timer > COARSE * median ? [`the clock's step of ${timer} ns is ${percent(timer / median)} of a sample`] : []),
  ];
}
