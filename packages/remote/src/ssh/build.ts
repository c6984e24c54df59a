import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { requireCompiler } from '../board/compiler.js';
import { requireFit } from '../board/fit.js';
import { buildFailure, saysFullDisk } from '../build.js';
import { RemoteError } from '../errors.js';
import type { RunResult } from '../process.js';
import type { SshExecutor } from './executor.js';
import type { SshWorkspace } from './workspace.js';

export interface BoardBuildOptions {
  readonly goal: 'exe' | 'lib' | 'all';
  readonly march: string;
  /** What is made, relative to the folder: `build/net`. Fetched when it is done. */
  readonly products: readonly string[];
  readonly files: readonly string[];
  /** Another compiler than the board's best. */
  readonly compiler?: string | undefined;
  /** What the program links with beside libc; the board's own is taken. */
  readonly library?: BoardLibrary | undefined;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A library that a board has, or has not. */
export interface BoardLibrary {
  readonly name: string;
  readonly header: string;
  /** How to get it, in one line. */
  readonly advice: string;
}

const BUILD_MS = 3_600_000;
/** What a C compiler takes for one of our kernels. */
const KILOBYTES_PER_JOB = 400_000;
const ATTEMPTS = 3;

/**
 * Builds a generated program on a board with the board's compiler, and fetches what was made. A build that loses the
 * connection starts again in the same folder. Throws RemoteError `tool-missing` where there is no compiler,
 * `build-failed` where it refuses.
 */
export async function buildOnBoard(
  executor: SshExecutor,
  directory: string,
  options: BoardBuildOptions,
): Promise<void> {
  const { goal, march, products, files, signal, timeoutMs = BUILD_MS } = options;
  const { name } = executor.session;
  const board = await executor.fingerprint();
  requireFit(name, board, march);
  const compiler = options.compiler ?? requireCompiler(name, board).name;
  const jobs = Math.max(1, Math.min(board.cores, Math.floor(board.memoryKilobytes / KILOBYTES_PER_JOB)));
  const workspace = await executor.open(directory, { files });
  try {
    const make = ['make', `-j${jobs}`, goal, `CC=${compiler}`, `ARCH_FLAGS=-march=${march}`];
    const result = await makeResumed(workspace, make, { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    if (result.timedOut) {
      throw new RemoteError('timed-out', `${name} was still building after ${timeoutMs / 1000} s and was stopped`);
    }
    if (result.exitCode !== 0) throw boardFailure(name, result.stderr, options.library) ?? buildFailure(result.stderr);
    for (const product of products) {
      await mkdir(dirname(join(directory, product)), { recursive: true });
      await workspace.collect(product, join(directory, product));
      await chmod(join(directory, product), 0o755);
    }
  } finally {
    await workspace.close();
  }
}

/** The error when it is the board that stopped a build, not the program: it lacks room, memory or a library. */
function boardFailure(name: string, stderr: string, library: BoardLibrary | undefined): RemoteError | undefined {
  const absent = stderr.split('\n').filter((line) => /not found|No such file|cannot find|unable to find/.test(line));
  if (library !== undefined && absent.some((line) => names(line, library))) {
    return new RemoteError('tool-missing', `${name} has no ${library.name} to link with`, [
      `on the board: ${library.advice}`,
    ]);
  }
  if (saysFullDisk(stderr)) {
    return new RemoteError('device-failed', `the disk of ${name} is full: it cannot build there`, [
      `ait-rvv device clean ${name}, or another folder with ait-rvv device add --folder; --build local needs no room`,
    ]);
  }
  if (/\bKilled\b|out of memory|Cannot allocate memory/i.test(stderr)) {
    return new RemoteError('device-failed', `the memory of ${name} is not enough: its compiler was killed`, [
      '--build local compiles here',
    ]);
  }
  return undefined;
}

function names(line: string, { header, name }: BoardLibrary): boolean {
  return line.includes(header) || line.includes(`-l${name}`);
}

async function makeResumed(
  workspace: SshWorkspace,
  make: readonly string[],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<RunResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      // A compiler that was killed may have left half an object that looks finished: everything is made again.
      return await workspace.command(attempt === 1 ? make : [...make, '-B'], options);
    } catch (error) {
      const lost = error instanceof RemoteError && error.code === 'connection-lost';
      if (!lost || attempt >= ATTEMPTS) throw error;
    }
  }
}
