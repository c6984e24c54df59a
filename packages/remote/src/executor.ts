import type { DeviceSpec } from './device.js';
import type { Machine } from './board/machine.js';
import type { RunResult } from './process.js';
import type { InstructionCounts } from './profile/counts.js';
import type { ExecutionProfile } from './profile/figures.js';
import type { SimReport } from './sim/simulate.js';

/** A way to run programs on one device. */
export interface Executor {
  readonly device: DeviceSpec;
  /** The machine that programs run on; absent where they are emulated and time says nothing. */
  readonly machine?: Machine;
  /** Makes a folder of this machine available on the device. */
  open(directory: string, options?: OpenOptions): Promise<Workspace>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Files that the device needs, relative to the folder; default all. */
  readonly files?: readonly string[];
  /** What the programs were compiled for; a machine that cannot run them refuses at once. */
  readonly march?: string;
}

export interface ExecOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Count executed instructions between the marker instructions; only where the device can. */
  readonly count?: boolean;
  /** Told everything the program writes to standard output, as it comes. */
  readonly onStdout?: (chunk: Buffer) => void;
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

/** A word of a command line, or a file of this machine that the program reads or writes wherever it runs. */
export type Argument = string | { readonly input: string } | { readonly output: string };

/** A folder on a device. Names are relative to it. */
export interface Workspace {
  /** Copies a file of this machine into the folder. */
  put(localPath: string, name: string): Promise<void>;
  /** Copies a file of the folder to this machine. */
  get(name: string, localPath: string): Promise<void>;
  /**
   * Runs a program of the folder, the folder being its working directory:
   * `exec(['build/net', '--json', '--input', { input: '/tmp/x.npz' }])`.
   */
  exec(argv: readonly Argument[], options?: ExecOptions): Promise<ExecResult>;
  close(): Promise<void>;
}
