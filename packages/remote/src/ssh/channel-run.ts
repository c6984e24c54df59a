import { collectOutput, type RunResult } from '../process.js';
import type { Connection } from './connection.js';
import type { RemoteCommand } from './remote-command.js';

/** How long a command may take to end after it was told to. */
const GRACE_MS = 10_000;

export interface ChannelRunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Leave standard input open until the command has ended or is to end; its end is what tells it to. */
  readonly holdInput?: boolean;
  /** Told everything from standard output as it comes. */
  readonly onStdout?: ((chunk: Buffer) => void) | undefined;
}

/**
 * Waits for the end of a command and collects what it prints. On a time-out or an abort its standard input ends, which
 * makes scripts under supervision stop all they have started; one that does not end then costs the connection.
 * Rejects with `connection-lost` when the connection ends first.
 */
export function runChannel(
  connection: Connection,
  command: RemoteCommand,
  options: ChannelRunOptions,
): Promise<RunResult> {
  const { channel } = command;
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const stdout = collectOutput(channel, options.onStdout);
    const stderr = collectOutput(channel.stderr);
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      channel.end();
      grace ??= setTimeout(() => connection.destroy(), GRACE_MS);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', stop, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      options.signal?.removeEventListener('abort', stop);
    };
    const finish = (): void => {
      settle();
      // A command that was told to stop need not have said how it ended.
      if (command.exit === undefined && !timedOut && options.signal?.aborted !== true) {
        reject(connection.lost());
        return;
      }
      const { code, signal } = command.exit ?? { code: null, signal: 'SIGKILL' };
      resolve({ exitCode: code, signal, stdout: stdout(), stderr: stderr(), timedOut });
    };
    channel.on('close', finish);
    void connection.ended.then(finish);
    if (options.signal?.aborted === true) stop();
    if (options.holdInput !== true) channel.end();
  });
}
