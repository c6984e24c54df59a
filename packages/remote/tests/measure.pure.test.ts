import {
  chooseCpus,
  RemoteError,
  requireAlike,
  SampleReader,
  spreadJobs,
  summarize,
  type Fingerprint,
  type JobOutcome,
} from '@ait-rvv/remote';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprints.js';

describe('statistics', () => {
  test('of a few samples', () => {
    expect(summarize([3, 1, 2])).toEqual({
      count: 3,
      min: 1,
      median: 2,
      p95: 3,
      deviation: 1.4826,
      spread: 0.7413,
      outliers: 0,
    });
    expect(summarize([1, 2, 3, 10]).median).toBe(2.5);
    expect(summarize([5])).toMatchObject({ count: 1, min: 5, median: 5, p95: 5, deviation: 0, outliers: 0 });
    expect(() => summarize([])).toThrow(RangeError);
  });

  test('are not moved by a few disturbed samples, which are counted', () => {
    const calm = Array.from({ length: 50 }, (_, i) => 1000 + (i % 5));
    const disturbed = [...calm, 5000, 90_000, 1e9];
    expect(summarize(disturbed).median).toBe(summarize(calm).median);
    expect(summarize(disturbed)).toMatchObject({ outliers: 3, min: 1000 });
    expect(summarize(calm).outliers).toBe(0);
  });

  test('of samples that are all alike have no outliers but real ones', () => {
    expect(summarize([...Array<number>(20).fill(1000), 1001]).outliers).toBe(0);
    expect(summarize([...Array<number>(20).fill(1000), 1002]).outliers).toBe(1);
  });
});

describe('what a program prints', () => {
  const report = '{"schemaVersion":1,"nanoseconds":{"min":5},"memory":{}}\n';

  test('is read in pieces of any size', () => {
    const text = `{"counter":"perf_event"}\n{"sample":0,"nanoseconds":7,"cycles":9}\nnoise\n{"sample":1,"nanoseconds":5,"cycles":8}\n${report}`;
    for (const size of [1, 7, 1000]) {
      const heard: number[] = [];
      const reader = new SampleReader((sample) => void heard.push(sample.nanoseconds));
      for (let at = 0; at < text.length; at += size) reader.push(Buffer.from(text.slice(at, at + size)));
      expect(reader.samples).toEqual([
        { nanoseconds: 7, cycles: 9 },
        { nanoseconds: 5, cycles: 8 },
      ]);
      expect(heard).toEqual([7, 5]);
      expect(reader.whyNoCycles).toBeUndefined();
      expect(reader.report).toMatchObject({ memory: {} });
    }
  });

  test('without a report, samples or cycles is said to be so', () => {
    const cut = new SampleReader();
    cut.push(Buffer.from('{"counter":"Permission denied"}\n{"sample":0,"nanoseconds":7}\n{"sample":1,"nano'));
    expect(cut.samples).toEqual([{ nanoseconds: 7 }]);
    expect(cut.whyNoCycles).toBe('Permission denied');
    expect(() => cut.report).toThrow('the program has not said what it has measured');
    const empty = new SampleReader();
    empty.push(Buffer.from(report));
    expect(() => empty.report).toThrow('the program has not said what it has measured');
  });

  test.each(['-5', '0', 'null', '"7"', '1e999'])('a time of %s is refused: a clock may have jumped', (value) => {
    const reader = new SampleReader();
    // Nobody could catch what is thrown while the program still prints.
    reader.push(Buffer.from(`{"sample":0,"nanoseconds":7}\n{"sample":1,"nanoseconds":${value}}\n${report}`));
    expect(() => reader.report).toThrow('has measured a time that is none');
  });

  test('may be noise without any line end', () => {
    const reader = new SampleReader();
    const noise = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 200; i++) reader.push(noise);
    reader.push(Buffer.from(`{"sample":0,"nanoseconds":9}\n{"sample":0,"nanoseconds":7}\n${report}`));
    // The first of these lines ends the noise.
    expect(reader.samples).toEqual([{ nanoseconds: 7 }]);
    expect(reader.report).toMatchObject({ memory: {} });
  });
});

test('programs go to the last cores, and to no cores of their own when there are too few', () => {
  expect(chooseCpus([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([4, 5, 6, 7]);
  expect(chooseCpus([0, 2], 2)).toEqual([0, 2]);
  expect(chooseCpus([0], 2)).toEqual([]);
});

describe('jobs on several boards', () => {
  const lost = new RemoteError('connection-lost', 'cut');
  const away = new RemoteError('unreachable', 'away');

  /** Spreads jobs and returns the outcome of each, by its name. */
  async function outcomes(
    jobs: readonly string[],
    boards: readonly string[],
    work: (job: string, board: string) => Promise<string>,
  ): Promise<ReadonlyMap<string, JobOutcome<string>>> {
    const seen = new Map<string, JobOutcome<string>>();
    const onOutcome = (job: string, outcome: JobOutcome<string>): void => {
      if (seen.has(job)) throw new Error(`${job} has two outcomes`);
      seen.set(job, outcome);
    };
    await spreadJobs({ jobs, boards, work, onOutcome });
    return seen;
  }

  const names = Array.from({ length: 9 }, (_, i) => `job${i}`);

  test('are each done once, by both boards', async () => {
    const used = new Set<string>();
    const seen = await outcomes(names, ['a', 'b'], async (job, board) => {
      used.add(board);
      await sleep(2);
      return job;
    });
    expect([...seen.keys()].sort()).toEqual(names);
    expect([...used].sort()).toEqual(['a', 'b']);
  });

  test('one that is cut off is done again; nothing else is', async () => {
    const runs: string[] = [];
    let cut = false;
    const seen = await outcomes(names, ['a'], (job) => {
      runs.push(job);
      if (job !== 'job3' || cut) return Promise.resolve(job);
      cut = true;
      return Promise.reject(lost);
    });
    expect(seen.size).toBe(9);
    expect(runs).toEqual([...names.slice(0, 4), 'job3', ...names.slice(4)]);
  });

  test('one that takes the board down every time is given up, the others are done', async () => {
    const seen = await outcomes(names, ['a'], (job) => (job === 'job3' ? Promise.reject(lost) : Promise.resolve(job)));
    expect(seen.get('job3')).toEqual({ error: lost });
    expect([...seen.values()].filter((outcome) => 'result' in outcome)).toHaveLength(8);
  });

  test('go to the boards that are left', async () => {
    const seen = await outcomes(names, ['gone', 'there'], async (job, board) => {
      await sleep(board === 'gone' ? 30 : 1);
      if (board === 'gone') throw away;
      return board;
    });
    // The board that is left had nothing to do any more when the other one gave its job back.
    expect(seen.size).toBe(9);
    expect([...seen.values()].every((outcome) => 'result' in outcome && outcome.result === 'there')).toBe(true);
  });

  test('when no board is left, what was measured has been told and the error is that of the board', async () => {
    const told: string[] = [];
    let done = 0;
    const all = spreadJobs({
      jobs: names,
      boards: ['a', 'b'],
      work: (job) => (done++ < 4 ? Promise.resolve(job) : Promise.reject(away)),
      onOutcome: (job) => void told.push(job),
    });
    await expect(all).rejects.toBe(away);
    expect(told).toHaveLength(4);
  });

  test('a job that fails by itself is an outcome, an interruption ends it all', async () => {
    const failed = new RemoteError('device-failed', 'SIGSEGV');
    expect((await outcomes(['x'], ['a'], () => Promise.reject(failed))).get('x')).toEqual({ error: failed });
    const stop = new RemoteError('interrupted', 'interrupted');
    await expect(outcomes(names, ['a'], () => Promise.reject(stop))).rejects.toBe(stop);
  });
});

describe('boards that measure together', () => {
  const named = (name: string, more: Partial<Fingerprint> = {}) => ({ name, fingerprint: fingerprint(more) });

  test('are alike', () => {
    expect(() => requireAlike([named('a'), named('b', { boot: 'other', kernel: '6.7' })])).not.toThrow();
    expect(() => requireAlike([named('a'), named('b', { vlen: 128, kilohertz: [1] })])).toThrow(
      'a and b are not alike: vlen, clock differ',
    );
  });
});
