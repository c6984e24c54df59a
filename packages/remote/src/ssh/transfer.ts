import type { Connection } from './connection.js';

/** Sends and fetches files over one connection. Paths of the board are absolute. */
export interface Transfer {
  /** How it is done, for `device check`. */
  readonly way: 'sftp' | 'channel';
  /**
   * Writes the bytes of a local file from `offset` on to the same place of a file of the board, which is made when the
   * offset is 0. Returns when the board has confirmed all of them.
   */
  write(localPath: string, remotePath: string, offset: number, progress: Progress): Promise<void>;
  /** Writes a file of the board to a local one; what was there before is gone. */
  read(remotePath: string, localPath: string): Promise<void>;
}

/** Told how many bytes of the file the board has. */
export type Progress = (bytes: number) => void;

/** A transfer that stands still this long has lost its connection. */
export const STALL_MS = 60_000;

/** Ends the connection when nothing has moved for a while, so that whatever waits for it fails. */
export class StallWatch {
  readonly #timer: NodeJS.Timeout;

  constructor(connection: Connection, stallMs: number = STALL_MS) {
    this.#timer = setTimeout(() => connection.destroy(), stallMs);
  }

  /** Something has moved. */
  moved(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
