import type { ClientChannel } from 'ssh2';

/** How a command of a board has ended. */
export interface CommandExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * A command that runs on a board. Made the very moment its channel opens: a quick command may say how it has ended in
 * the same breath, and nobody would hear it later.
 */
export class RemoteCommand {
  readonly channel: ClientChannel;
  #exit: CommandExit | undefined;

  constructor(channel: ClientChannel) {
    this.channel = channel;
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = { code, signal: signal ?? null };
    });
    // The end of the connection is told by the connection.
    channel.on('error', () => undefined);
  }

  /** Undefined as long as the board has not said it. */
  get exit(): CommandExit | undefined {
    return this.#exit;
  }
}
