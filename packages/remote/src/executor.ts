import type { DeviceSpec } from './device.js';
import type { RunResult } from './process.js';
import type { InstructionCounts } from './profile/counts.js';
import type { ExecutionProfile } from './profile/figures.js';
import type { SimReport } from './sim/simulate.js';

/** A way to run programs on one device. */
export interface Executor {
  readonly device: DeviceSpec;
  /** Makes a folder of this machine available on the device. */
  open(directory: string): Promise<Workspace>;
  close(): Promise<void>;
}

export interface ExecOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Count executed instructions between the marker instructions; only where the device can. */
  readonly count?: boolean;
  /** The same by step and thread, and on a modelled core with its cycles; only where the device can. */
  readonly profile?: boolean;
}

export interface ExecResult extends RunResult {
  /** With `count` or `profile`. */
  readonly counts?: InstructionCounts;
  /** With `profile` on an emulator that models no core. */
  readonly profile?: ExecutionProfile;
  /** With `profile` on a modelled core. */
  readonly simulation?: SimReport;
}

/** A folder on a device. Names are relative to it. */
export interface Workspace {
  /** Copies a file of this machine into the folder. */
  put(localPath: string, name: string): Promise<void>;
  /** Copies a file of the folder to this machine. */
  get(name: string, localPath: string): Promise<void>;
  /** Runs a program of the folder, the folder being its working directory: `exec(['build/net', '--json'])`. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  close(): Promise<void>;
}
