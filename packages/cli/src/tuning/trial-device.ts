import { RemoteError, type Executor } from '@ait-rvv/remote';
import { simDevice, type TrialDevice } from '@ait-rvv/tuning';

/** What runs trials on an executor. Throws RemoteError where nothing is known of time. */
export function trialDevice(executor: Executor, threads: number, slots: number): TrialDevice {
  const { device } = executor;
  if (device.kind === 'sim') return simDevice(executor, device, { threads, slots });
  throw new RemoteError('device-failed', 'an emulator without a core model says nothing about time', [
    'tune on a simulated core, such as --device sim:spacemit-x60, or on a board',
  ]);
}
