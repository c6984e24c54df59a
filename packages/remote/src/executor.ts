import type { InstructionCounts } from './counts.js';
import type { DeviceSpec } from './device.js';
import type { RunResult } from './process.js';

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
}

export interface ExecResult extends RunResult {
  readonly counts?: InstructionCounts;
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
