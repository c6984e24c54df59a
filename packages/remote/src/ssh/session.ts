import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../errors.js';
import type { RunResult } from '../process.js';
import type { BoardShell, OpenScript, ScriptOptions } from '../shell/board-shell.js';
import { FirstLine } from '../shell/first-line.js';
import { scriptCommand, type BoardScript } from '../shell/scripts.js';
import { runChannel, type ChannelRunOptions } from './channel-run.js';
import type { Connection } from './connection.js';

export interface SessionOptions {
  /** What messages call the board. */
  readonly name: string;
  /** Connects within so many milliseconds, or the usual time. */
  readonly connect: (timeoutMs?: number) => Promise<Connection>;
  /** How long a board that was there may be away, such as for a restart. */
  readonly reconnectMs: number;
  readonly log: (text: string) => void;
}

const SCRIPT_MS = 60_000;
/** Work that loses the connection this often in a row is what breaks it. */
const MOST_LOSSES = 5;
/** Tidying up may take this long to connect once more. */
const TIDY_MS = 5000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/** A board to talk to. Connects on first use, and again when the connection was lost. */
export class SshSession implements BoardShell {
  readonly #options: SessionOptions;
  #current: Promise<Connection> | undefined;
  #everConnected = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The connection, made anew when there is none. */
  async connection(): Promise<Connection> {
    if (this.#closed) throw new RemoteError('connection-lost', `the connection to ${this.name} is closed`);
    const current = await this.#current?.catch(() => undefined);
    if (current?.alive === true) return current;
    this.#current = this.#everConnected ? this.#reconnect() : this.#options.connect();
    const connection = await this.#current;
    this.#everConnected = true;
    return connection;
  }

  /** Does something that may be done again from the beginning, as often as the connection is lost over it. */
  async resume<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (let losses = 0; ; losses++) {
      const connection = await this.connection();
      try {
        return await work(connection);
      } catch (error) {
        if (!(error instanceof RemoteError) || error.code !== 'connection-lost') throw error;
        connection.destroy();
        if (losses >= MOST_LOSSES || this.#closed) throw error;
      }
    }
  }

  run(script: BoardScript, args: readonly string[], options: ScriptOptions = {}): Promise<RunResult> {
    const { timeoutMs = SCRIPT_MS, signal } = options;
    return this.resume((connection) => runOn(connection, script, args, { timeoutMs, signal }));
  }

  /** Runs a program under supervision, once: what was cut off is not repeated. `args` are those of supervise.sh. */
  async supervise(args: readonly string[], options: Omit<ChannelRunOptions, 'holdInput'>): Promise<RunResult> {
    const connection = await this.connection();
    return runOn(connection, 'supervise', args, { ...options, holdInput: true });
  }

  /**
   * Runs a script that tidies up, if the board is still there: a lost connection is made anew once, quickly and without
   * a word, since whoever calls has worse to report.
   */
  async tidy(script: BoardScript, args: readonly string[]): Promise<void> {
    try {
      const current = await this.#current;
      const usable = current?.alive === true ? current : await this.#options.connect(TIDY_MS);
      this.#current = Promise.resolve(usable);
      await runOn(usable, script, args, { timeoutMs: SCRIPT_MS });
    } catch {
      // What stays there goes with the next clean-up.
    }
  }

  async open(script: BoardScript, args: readonly string[]): Promise<OpenScript> {
    const connection = await this.connection();
    const command = await connection.exec(scriptCommand(script, args));
    const { channel } = command;
    const first = new FirstLine();
    const ended = runChannel(connection, command, { timeoutMs: 2 ** 31 - 1, holdInput: true, onStdout: first.listen });
    // Whoever holds the script hears of it when they let go.
    ended.catch(() => undefined);
    return {
      firstLine: first.before(ended),
      ended,
      send: (next) => void channel.write(`${next}\n`),
      end: () => channel.end(),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const current = await this.#current?.catch(() => undefined);
    await current?.end();
  }

  async #reconnect(): Promise<Connection> {
    this.#options.log(`the connection to ${this.name} was lost; connecting again`);
    const deadline = performance.now() + this.#options.reconnectMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await this.#options.connect();
      } catch (error) {
        const again = error instanceof RemoteError && error.code === 'unreachable' && !this.#closed;
        if (!again) throw error;
        if (performance.now() + pause > deadline) {
          throw new RemoteError('unreachable', `the connection to ${this.name} was lost, and ${error.message}`);
        }
        await sleep(pause);
      }
    }
  }
}

async function runOn(
  connection: Connection,
  script: BoardScript,
  args: readonly string[],
  options: ChannelRunOptions,
): Promise<RunResult> {
  const command = await connection.exec(scriptCommand(script, args));
  const result = await runChannel(connection, command, options);
  if (options.signal?.aborted === true) throw new RemoteError('interrupted', 'interrupted');
  return result;
}
