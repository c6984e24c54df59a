import { measureProgram, spreadJobs, type JobOutcome, type Measurement, type SshExecutor } from '@ait-rvv/remote';
import { describe, expect, test } from 'vitest';
import { useBoard } from '../../../tools/testing/use-board.js';

const shared = useBoard({}, 'steps', 'crash', 'flood', 'hang');

describe('a measurement', () => {
  const request = { program: 'build/steps', threads: 1, warmup: 0, timeoutMs: 60_000, log: () => undefined };

  test('is summarised, with what may have disturbed it', async () => {
    const executor = shared.connect();
    const workspace = await executor.open(shared.folder, { files: ['build/steps'] });
    const seen: number[] = [];
    const profile = await measureProgram(executor.machine, workspace, {
      ...request,
      iterations: 5,
      onSample: ({ nanoseconds }) => void seen.push(nanoseconds),
    });
    expect(profile.nanoseconds).toMatchObject({ count: 5, min: 1_000_000, median: 1_000_002 });
    expect(seen).toHaveLength(5);
    expect(profile.warnings).toContain('cycles cannot be counted: none here');
    await workspace.close();
  });

  test('of several programs loses but the one that runs when the board is started anew', async () => {
    const executor = shared.connect();
    const workspace = await executor.open(shared.folder, { files: ['build/steps'] });
    const outcomes = new Map<number, JobOutcome<Measurement>>();
    const begun: number[] = [];
    let restarted: Promise<void> | undefined;
    await spreadJobs({
      jobs: [2, 3, 4, 5],
      boards: [executor],
      work: (iterations) => {
        begun.push(iterations);
        const onSample = (): void => {
          if (iterations === 4) restarted ??= shared.board.reboot();
        };
        return measureProgram(executor.machine, workspace, { ...request, iterations, onSample });
      },
      onOutcome: (iterations, outcome) => void outcomes.set(iterations, outcome),
    });
    await restarted;
    expect(begun).toEqual([2, 3, 4, 4, 5]);
    for (const [iterations, outcome] of outcomes) {
      expect('result' in outcome && outcome.result.samples.length).toBe(iterations);
    }
    expect(outcomes.size).toBe(4);
    await workspace.close();
  });

  test('of a program that hangs, crashes or prints megabytes costs that one only', async () => {
    const executor = shared.connect();
    const programs = ['build/crash', 'build/flood', 'build/hang', 'build/steps'];
    const workspace = await executor.open(shared.folder, { files: programs });
    const outcomes: Record<string, string | number> = {};
    await spreadJobs({
      jobs: programs,
      boards: [executor],
      work: (program) =>
        measureProgram(executor.machine, workspace, { ...request, program, iterations: 3, timeoutMs: 5000 }),
      onOutcome: (program, outcome) => {
        outcomes[program] = 'error' in outcome ? outcome.error.message : outcome.result.samples.length;
      },
    });
    expect(outcomes).toEqual({
      'build/crash': 'the program failed (SIGSEGV)',
      'build/flood': 'the program has not said what it has measured',
      'build/hang': 'build/hang was still running after 5 s and was stopped',
      'build/steps': 3,
    });
    await workspace.close();
  });

  test('waits for that of another user', async () => {
    const [a, b] = [shared.connect(), shared.connect()];
    const log: string[] = [];
    const open = async (executor: SshExecutor) => executor.open(shared.folder, { files: ['build/steps'] });
    const [first, second] = [await open(a), await open(b)];
    let running = 0;
    const measure = (executor: SshExecutor, workspace: typeof first) =>
      measureProgram(executor.machine, workspace, {
        ...request,
        iterations: 8,
        log: (text) => void log.push(text),
        onSample: () => {
          running++;
        },
      });
    await Promise.all([measure(a, first), measure(b, second)]);
    expect(running).toBe(16);
    // Who it is is not written down yet when both ask at the same moment.
    expect(log).toEqual([expect.stringMatching(/^(root|another user) is measuring on board; waiting$/)]);
    await first.close();
    await second.close();
  });
});
