import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { RemoteError } from '../errors.js';
import type { Argument, ExecOptions, ExecResult, Workspace } from '../executor.js';
import type { RunResult } from '../process.js';
import { runScript } from '../shell/board-shell.js';
import type { Connection } from './connection.js';
import { localObject, type LocalObject, type ObjectStore } from './object-store.js';
import type { SshSession } from './session.js';

/** A program that nobody has set a limit for. */
const DEFAULT_TIMEOUT_MS = 3_600_000;
/** The board ends a program by itself when we are not heard of; it does so after us. */
const BOARD_SLACK_SECONDS = 30;

/** Signals that end a program, by their number on Linux. */
const SIGNALS: Readonly<Record<number, string>> = {
  2: 'SIGINT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/**
 * A folder on a board, made of links to the objects of its cache. It outlives the connection: after a new one, and
 * after a restart of the board, what is missing in it is put there again.
 */
export class SshWorkspace implements Workspace {
  readonly #session: SshSession;
  readonly #store: ObjectStore;
  readonly #runner: readonly string[];
  readonly #id = randomBytes(8).toString('hex');
  readonly #files = new Map<string, LocalObject>();
  /** The connection over which the folder was last seen to be complete. */
  #complete: Connection | undefined;
  /** Where the cache of the board is, once it is known. */
  #cache: string | undefined;
  #arguments = 0;

  constructor(session: SshSession, store: ObjectStore, runner: readonly string[]) {
    this.#session = session;
    this.#store = store;
    this.#runner = runner;
  }

  async put(localPath: string, name: string): Promise<void> {
    await this.putAll(new Map([[name, localPath]]));
  }

  /** Puts files of this machine into the folder, by their names there. */
  async putAll(files: ReadonlyMap<string, string>): Promise<void> {
    // The board makes its folder ready while the files are hashed here.
    const ready = this.#store.path();
    ready.catch(() => undefined);
    for (const [name, path] of files) this.#files.set(checkedName(name), await localObject(path));
    await ready;
    this.#complete = undefined;
    await this.#materialise();
  }

  async get(name: string, localPath: string): Promise<void> {
    await rm(localPath, { force: true });
    await this.#store.fetch(`${await this.#path()}/${checkedName(name)}`, localPath);
  }

  /** Fetches a file that the board has made, and remembers there that it need not be sent back. */
  async collect(name: string, localPath: string): Promise<void> {
    await this.get(name, localPath);
    await this.#store.adopt(this.#id, name, (await localObject(localPath)).hash);
  }

  async exec(argv: readonly Argument[], options: ExecOptions = {}): Promise<ExecResult> {
    if (options.count === true || options.profile === true) {
      throw new RemoteError('device-failed', 'instructions can only be counted on an emulated device');
    }
    const outputs = new Map<string, string>();
    const words: string[] = [];
    for (const argument of argv) words.push(await this.#place(argument, outputs));
    const [program = '', ...args] = words;
    const result = await this.#supervise(program, [...this.#runner, `./${program}`, ...args], options);
    if (result.exitCode === 0) for (const [name, path] of outputs) await this.get(name, path);
    return result;
  }

  /** Runs a tool of the board in the folder. */
  command(argv: readonly string[], options: ExecOptions = {}): Promise<RunResult> {
    return this.#supervise(argv[0] ?? '', argv, options);
  }

  async #supervise(name: string, argv: readonly string[], options: ExecOptions): Promise<RunResult> {
    await this.#materialise();
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, onStdout } = options;
    const seconds = Math.ceil(timeoutMs / 1000) + BOARD_SLACK_SECONDS;
    const result = await this.#session
      .supervise([await this.#path(), String(seconds), ...argv], { timeoutMs, signal, onStdout })
      .catch((error: unknown) => {
        if (!(error instanceof RemoteError) || error.code !== 'connection-lost') throw error;
        throw new RemoteError('connection-lost', `${error.message} while ${name} was running`, error.hints);
      });
    return withSignal(result);
  }

  async close(): Promise<void> {
    if (this.#cache !== undefined) await this.#session.tidy('unlink', [this.#cache, this.#id]);
  }

  async #path(): Promise<string> {
    this.#cache = await this.#store.path();
    return [this.#cache, 'work', this.#id].join('/');
  }

  async #place(argument: Argument, outputs: Map<string, string>): Promise<string> {
    if (typeof argument === 'string') return argument;
    const local = 'input' in argument ? argument.input : argument.output;
    const name = `argument-${this.#arguments++}${/^\.[a-z]{1,8}$/.exec(extname(local))?.[0] ?? ''}`;
    if ('input' in argument) await this.put(local, name);
    else outputs.set(name, local);
    return name;
  }

  /** Puts into the folder what belongs there, unless that was done over this very connection. */
  async #materialise(): Promise<void> {
    const connection = await this.#session.connection();
    if (this.#complete === connection) return;
    await this.#store.ensure([...this.#files.values()]);
    const pairs = [...this.#files].flatMap(([name, { hash }]) => [hash, name]);
    this.#cache = await this.#store.path();
    const args = [this.#cache, this.#id, ...pairs];
    await runScript(this.#session, 'fill a working folder', 'link', args, { timeoutMs: 600_000 });
    this.#complete = await this.#session.connection();
  }
}

/** Names are relative and stay inside of the folder. */
function checkedName(name: string): string {
  if (name === '' || name.startsWith('/') || name.split('/').includes('..')) {
    throw new RemoteError('device-failed', `${JSON.stringify(name)} is no name inside of a folder`);
  }
  return name;
}

/** A shell says 128 + n for a program that signal n has ended. */
function withSignal(result: RunResult): RunResult {
  const signal = SIGNALS[(result.exitCode ?? 0) - 128];
  return signal === undefined || result.signal !== null ? result : { ...result, exitCode: null, signal };
}
