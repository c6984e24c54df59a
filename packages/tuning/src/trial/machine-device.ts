import { measureProgram, RemoteError, type Executor, type Fingerprint, type Machine } from '@ait-rvv/remote';
import { join } from 'node:path';
import { z } from 'zod';
import type { DeviceFingerprint } from '../cache/measurement.js';
import type { TrialDevice, TrialRequest, TrialRun } from './device.js';
import { PROGRAM } from './workshop.js';

export interface MachineDeviceOptions {
  readonly executor: Executor;
  readonly machine: Machine;
  /** What trial programs are compiled for. */
  readonly march: string;
  readonly threads: number;
  readonly timeoutMs: number;
  readonly log: (text: string) => void;
}

const FILES = [`build/${PROGRAM}`, 'weights.bin'];
const WARMUP = 2;
const ITERATIONS = 10;

/** What a program says of its layers with --profile. */
const report = z.object({ layers: z.array(z.object({ output: z.string(), nanoseconds: z.number() })) });

/**
 * Trials on a real machine, alone there: the shortest of several times, by layer, in cycles where all its cores have one
 * clock. Results are checked before anything is timed.
 */
export async function machineDevice(options: MachineDeviceOptions): Promise<TrialDevice> {
  const { executor, machine, march, threads, timeoutMs, log } = options;
  const known = await machine.fingerprint();
  const perNanosecond = cyclesPerNanosecond(known);
  const within = async <T>(
    { folder }: TrialRequest,
    work: (workspace: Awaited<ReturnType<Executor['open']>>) => Promise<T>,
  ): Promise<T> => {
    const workspace = await executor.open(folder, { files: FILES, march });
    try {
      return await work(workspace);
    } finally {
      await workspace.close();
    }
  };
  return {
    fingerprint: fingerprintOf(known, threads),
    unit: perNanosecond === undefined ? 'nanoseconds' : 'cycles',
    slots: 1,
    compute: (request) =>
      within(request, async (workspace) => {
        const files = [
          '--input',
          { input: join(request.folder, 'input.npz') },
          '--output',
          { output: join(request.folder, 'output.npz') },
        ];
        const result = await workspace.exec([`build/${PROGRAM}`, ...files, '--threads', String(threads)], {
          timeoutMs,
          signal: request.signal,
        });
        if (request.signal.aborted) throw new RemoteError('interrupted', 'interrupted');
        if (result.exitCode === 0) return undefined;
        const how = result.timedOut ? 'it hung' : (result.signal ?? `exit code ${result.exitCode ?? '?'}`);
        throw new RemoteError('device-failed', `the program failed (${how})`, [result.stderr.split('\n')[0] ?? '']);
      }),
    time: (request) =>
      within(request, async (workspace): Promise<TrialRun> => {
        const measured = await measureProgram(machine, workspace, {
          ...{ program: `build/${PROGRAM}`, threads, warmup: WARMUP, iterations: ITERATIONS, options: ['--profile'] },
          ...{ timeoutMs, log, signal: request.signal },
        });
        const parsed = report.safeParse(measured.report);
        if (!parsed.success) throw new RemoteError('device-failed', 'the program has not said what its layers took');
        const times = new Map(parsed.data.layers.map(({ output, nanoseconds }) => [output, nanoseconds]));
        return {
          costOf: (_, value) => {
            const nanoseconds = times.get(value);
            return nanoseconds === undefined ? undefined : nanoseconds * (perNanosecond ?? 1);
          },
        };
      }),
    close: () => executor.close(),
  };
}

/** Undefined where the kernel does not say, or cores differ: times are not of one clock then. */
function cyclesPerNanosecond({ kilohertz }: Fingerprint): number | undefined {
  const clocks = [...new Set(kilohertz)].filter((clock) => clock > 0);
  return clocks.length === 1 && clocks[0] !== undefined ? clocks[0] / 1e6 : undefined;
}

function fingerprintOf({ model, machine, cores, vlen, kilohertz }: Fingerprint, threads: number): DeviceFingerprint {
  const clock = kilohertz.length === 0 ? 'unknown' : kilohertz.join(' ');
  return { name: model === '' ? machine : model, version: `${machine}, ${cores} cores`, vlen, threads, clock };
}
