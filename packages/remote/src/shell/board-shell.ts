import { RemoteError } from '../errors.js';
import type { RunResult } from '../process.js';
import type { BoardScript } from './scripts.js';

export interface ScriptOptions {
  /** Default 60 s: no script but a program under supervision takes longer. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A running script whose standard input is open. */
export interface OpenScript {
  /** The first line it prints; rejects when it ends without one. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<RunResult>;
  /** Sends a line. */
  send(line: string): void;
  /** Ends standard input. */
  end(): void;
}

/** A machine that runs the scripts of native/board: this one, or a board. */
export interface BoardShell {
  /** What messages call the machine. */
  readonly name: string;
  run(script: BoardScript, args: readonly string[], options?: ScriptOptions): Promise<RunResult>;
  /** Starts a script and leaves its standard input open. */
  open(script: BoardScript, args: readonly string[]): Promise<OpenScript>;
}

/** Runs a script that has to succeed; anything else is RemoteError `device-failed` that says what it was to do. */
export async function runScript(
  shell: BoardShell,
  task: string,
  script: BoardScript,
  args: readonly string[],
  options: ScriptOptions = {},
): Promise<string> {
  const result = await shell.run(script, args, options);
  if (result.exitCode === 0) return result.stdout;
  if (result.timedOut) throw new RemoteError('timed-out', `${shell.name} took too long to ${task}`);
  const [line = ''] = result.stderr.trim().split('\n');
  throw new RemoteError('device-failed', `${shell.name} could not ${task}`, line === '' ? [] : [line]);
}

/** Lines of `key=value`; a key may come several times. */
export function parseFacts(text: string): ReadonlyMap<string, readonly string[]> {
  const facts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 1) continue;
    const key = line.slice(0, at);
    const value = line.slice(at + 1);
    if (value === '') continue;
    const values = facts.get(key);
    if (values === undefined) facts.set(key, [value]);
    else values.push(value);
  }
  return facts;
}
