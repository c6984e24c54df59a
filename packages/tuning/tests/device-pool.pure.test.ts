import { RemoteError, type RemoteErrorCode } from '@ait-rvv/remote';
import { devicePool, type TrialDevice } from '@ait-rvv/tuning';
import { expect, test } from 'vitest';
import { measurement } from './measurements.js';

const request = { folder: '', signal: new AbortController().signal };

/** A device that fails from its `from`-th run on, and notes what it runs. */
function device(name: string, ran: string[], from = Infinity, code: RemoteErrorCode = 'unreachable'): TrialDevice {
  let runs = 0;
  const run = async (): Promise<undefined> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (runs++ >= from) throw new RemoteError(code, `${name} is gone`);
    ran.push(name);
    return undefined;
  };
  const { device: fingerprint } = measurement();
  return {
    fingerprint,
    unit: 'cycles',
    slots: 1,
    compute: run,
    time: () => run().then(() => ({ costOf: () => 1 })),
    close: () => Promise.resolve(),
  };
}

test('trials are shared out', async () => {
  const ran: string[] = [];
  const pool = devicePool([device('a', ran), device('b', ran)], () => undefined);
  expect(pool.slots).toBe(2);
  await Promise.all(Array.from({ length: 10 }, () => pool.compute(request)));
  expect(ran.filter((name) => name === 'a')).toHaveLength(5);
});

test('one that disappears is left out, and its trial is not lost', async () => {
  const [ran, said]: [string[], string[]] = [[], []];
  const pool = devicePool([device('a', ran, 1), device('b', ran)], (line) => said.push(line));
  await Promise.all(Array.from({ length: 6 }, () => pool.compute(request)));
  expect(ran).toHaveLength(6);
  expect(said).toEqual(['warning: a is gone; going on with 1 of 2 devices']);
});

test('when the last one disappears, its error is told to all that wait', async () => {
  const ran: string[] = [];
  const pool = devicePool([device('a', ran, 1), device('b', ran, 0, 'connection-lost')], () => undefined);
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => pool.compute(request)));
  expect(ran).toEqual(['a']);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});

test('a program that fails does not count against its device', async () => {
  const ran: string[] = [];
  const pool = devicePool([device('a', ran, 1, 'device-failed')], () => undefined);
  await pool.compute(request);
  await expect(pool.compute(request)).rejects.toThrow('a is gone');
  await expect(pool.compute(request)).rejects.toThrow('a is gone');
});
