import type { MemoryFigures } from '@ait-rvv/remote';
import type { DeviceFingerprint } from '../cache/measurement.js';

/** What one run of a trial program tells. */
export interface TrialRun {
  /** Of a step of the program, which completes the value of that name. */
  readonly costOf: (step: number, value: string) => number | undefined;
  /** What a step moved between caches and memory, where the device counts it. */
  readonly memoryOf?: (step: number) => MemoryFigures | undefined;
}

export interface TrialRequest {
  /** Holds the program `build/trial`, `weights.bin` and `input.npz`; the outputs go to `output.npz`. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Runs trial programs somewhere and says what their steps cost. */
export interface TrialDevice {
  readonly fingerprint: DeviceFingerprint;
  readonly unit: 'cycles' | 'nanoseconds';
  /** Programs that may run at a time. */
  readonly slots: number;
  /**
   * Runs a program once and writes its outputs to `output.npz`, for checking. Where a single run tells all, its costs come
   * with it. Throws RemoteError.
   */
  compute(request: TrialRequest): Promise<TrialRun | undefined>;
  /** Measures a program whose results are right. Throws RemoteError. */
  time(request: TrialRequest): Promise<TrialRun>;
  close(): Promise<void>;
}
