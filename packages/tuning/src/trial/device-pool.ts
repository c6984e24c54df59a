import { RemoteError, type RemoteErrorCode } from '@ait-rvv/remote';
import type { TrialDevice } from './device.js';

/** What tells that a device is gone, and not that a program is bad. */
const GONE: ReadonlySet<RemoteErrorCode> = new Set(['unreachable', 'connection-refused', 'connection-lost']);

/**
 * Devices of one kind as one: each runs one trial after the other, whichever is free takes the next. One that disappears
 * is left out and its trial goes to the others; when the last one does, its error is thrown.
 */
export function devicePool(devices: readonly TrialDevice[], log: (text: string) => void): TrialDevice {
  const [first] = devices;
  if (first === undefined) throw new Error('a pool has devices');
  const free: TrialDevice[] = devices.flatMap((device) => Array.from({ length: device.slots }, () => device));
  const gone = new Set<TrialDevice>();
  const waiting: (() => void)[] = [];
  let last: RemoteError | undefined;

  const take = async (): Promise<TrialDevice> => {
    for (;;) {
      const device = free.shift();
      if (device !== undefined && !gone.has(device)) return device;
      if (device !== undefined) continue;
      if (gone.size === devices.length) throw last ?? new RemoteError('unreachable', 'there is no device left');
      await new Promise<void>((resolve) => void waiting.push(resolve));
    }
  };
  const wakeAll = (): void => waiting.splice(0).forEach((wake) => wake());
  const run = async <T>(work: (device: TrialDevice) => Promise<T>): Promise<T> => {
    for (;;) {
      const device = await take();
      try {
        const result = await work(device);
        free.push(device);
        return result;
      } catch (error) {
        if (!(error instanceof RemoteError) || !GONE.has(error.code)) {
          free.push(device);
          throw error;
        }
        gone.add(device);
        last = error;
        if (gone.size < devices.length)
          log(`warning: ${error.message}; going on with ${devices.length - gone.size} of ${devices.length} devices`);
      } finally {
        wakeAll();
      }
    }
  };
  return {
    fingerprint: first.fingerprint,
    unit: first.unit,
    slots: free.length,
    compute: (request) => run((device) => device.compute(request)),
    time: (request) => run((device) => device.time(request)),
    close: async () => {
      await Promise.all(devices.map((device) => device.close()));
    },
  };
}
