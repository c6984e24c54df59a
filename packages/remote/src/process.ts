import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told everything from standard output as it comes. */
  readonly onStdout?: (chunk: Buffer) => void;
}

export interface RunResult {
  readonly exitCode: number | null;
  /** The signal that ended the process, if one did. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** More output than this from one command is cut off: no report is that long. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a command without a shell and collects what it prints. On a time-out or an abort the whole process group is
 * killed, so that nothing it started goes on. Rejects only when the command cannot be started.
 */
export function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [command = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let timedOut = false;
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself in the meantime.
      }
    };
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            kill();
          }, options.timeoutMs);
    options.signal?.addEventListener('abort', kill, { once: true });
    const stdout = collectOutput(child.stdout, options.onStdout);
    const stderr = collectOutput(child.stderr);
    const done = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (exitCode, signal) => {
      done();
      resolve({ exitCode, signal, stdout: stdout(), stderr: stderr(), timedOut });
    });
  });
}

/** Drains a stream and keeps what it says, up to a limit. */
export function collectOutput(stream: NodeJS.ReadableStream, listen?: (chunk: Buffer) => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MOST_OUTPUT) chunks.push(chunk);
    size += chunk.length;
    listen?.(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
