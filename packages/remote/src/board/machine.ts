import type { BoardShell } from '../shell/board-shell.js';
import type { Fingerprint } from './fingerprint.js';

/** A real machine: what it is, and a shell to ask it. */
export interface Machine {
  readonly shell: BoardShell;
  /** Read once and stored; `fresh` reads it again. */
  fingerprint(fresh?: boolean): Promise<Fingerprint>;
}
