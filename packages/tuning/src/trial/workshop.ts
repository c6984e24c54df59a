import type { Bundle } from '@ait-rvv/codegen-core';
import {
  buildFailure,
  makeVariables,
  RemoteError,
  saysFullDisk,
  runProcess,
  type Environment,
  type Toolchain,
} from '@ait-rvv/remote';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface WorkshopOptions {
  /** A folder of its own. */
  readonly folder: string;
  readonly toolchain: Toolchain;
  readonly march: string;
  readonly jobs: number;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Another compiler command than the toolchain's, split at spaces. */
  readonly compiler?: string;
}

/** What came of building a program. */
export type BuildOutcome =
  | { readonly status: 'built' }
  /** The C file, below the program's folder, that the compiler refused, and its first words about it. */
  | { readonly status: 'refused'; readonly source: string; readonly message: string };

/** Name of every program the workshop builds. */
export const PROGRAM = 'trial';

/**
 * Builds one small program after the other in one folder, so that a kernel that several of them use, and the runtime
 * that all of them use, is compiled once: what has not changed keeps its date, and make leaves it alone.
 */
export class Workshop {
  readonly #options: WorkshopOptions;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: WorkshopOptions) {
    this.#options = options;
  }

  /** Builds the program `trial` of a bundle and copies it with its weights to `target`. One at a time; others wait. */
  build(bundle: Bundle, target: string): Promise<BuildOutcome> {
    const built = this.#queue.then(() => this.#build(bundle, target));
    this.#queue = built.catch(() => undefined);
    return built;
  }

  async #build(bundle: Bundle, target: string): Promise<BuildOutcome> {
    const { folder, toolchain, march, jobs, env, signal, compiler } = this.#options;
    writeChanged(bundle, folder);
    // The messages of make are read below.
    const environment = { ...env, ...toolchain.env, LC_ALL: 'C' };
    const variables = makeVariables(toolchain, { march, ...(compiler === undefined ? {} : { compiler }) });
    const result = await runProcess([toolchain.make, '-C', folder, '-k', `-j${jobs}`, 'exe', ...variables], {
      env: environment,
      signal,
    });
    if (signal.aborted) throw new RemoteError('interrupted', 'interrupted');
    if (result.exitCode !== 0) return refusal(result.stderr);
    await mkdir(join(target, 'build'), { recursive: true });
    await copyFile(join(folder, 'build', PROGRAM), join(target, 'build', PROGRAM));
    await copyFile(join(folder, 'weights.bin'), join(target, 'weights.bin'));
    return { status: 'built' };
  }
}

function refusal(stderr: string): BuildOutcome {
  if (saysFullDisk(stderr)) throw buildFailure(stderr);
  const source = /\*\*\* \[[^\]]*?(src\/kernels\/[^\s\]:]+\.c)\.o\]/.exec(stderr)?.[1];
  const lines = stderr.split('\n').filter((line) => /error|killed|undefined/i.test(line) && !line.startsWith('make'));
  if (source !== undefined)
    return { status: 'refused', source, message: (lines[0] ?? 'it gave no reason').slice(0, 300) };
  throw new RemoteError(
    'build-failed',
    'the C compiler refused a generated program; this is a bug of ait-rvv',
    lines.slice(0, 10),
  );
}

/** Writes a bundle over an earlier one. */
function writeChanged(bundle: Bundle, folder: string): void {
  // Other programs' weights and model are never wanted again.
  rmSync(join(folder, 'weights.bin'), { force: true });
  for (const [path, bytes] of bundle) {
    const place = join(folder, path);
    if (existsSync(place) && readFileSync(place).equals(bytes)) continue;
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
}
