import { RemoteError } from './errors.js';
import { libraryVariables, type FoundLibrary } from './libraries/index.js';
import { runProcess } from './process.js';
import type { Environment, Toolchain } from './toolchain.js';

export interface BuildOptions {
  /** `exe`, `lib` or `all` of the generated Makefile. */
  readonly goal: 'exe' | 'lib' | 'all';
  readonly march: string;
  readonly jobs: number;
  readonly env: Environment;
  readonly signal?: AbortSignal;
  /** The scalar twins, with the compiler of this machine. */
  readonly scalar?: boolean;
  /** Another compiler command than the toolchain's, split at spaces. */
  readonly compiler?: string;
  /** What the program links with beside libc. */
  readonly library?: FoundLibrary;
}

/** Runs the Makefile of a generated program. Throws RemoteError `build-failed` with the first errors. */
export async function buildProgram(directory: string, toolchain: Toolchain, options: BuildOptions): Promise<void> {
  const result = await runProcess(
    [toolchain.make, '-C', directory, `-j${options.jobs}`, options.goal, ...makeVariables(toolchain, options)],
    {
      env: { ...options.env, ...toolchain.env },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  if (options.signal?.aborted === true) throw new RemoteError('interrupted', 'interrupted');
  if (result.exitCode !== 0) throw buildFailure(result.stderr);
}

/** Whether a compiler has failed for want of room. Linkers write through memory, and die when a page of it has no place. */
export function saysFullDisk(stderr: string): boolean {
  return /No space left on device|Disk quota exceeded|\bBus error\b/.test(stderr);
}

/** The error for what make has printed: the first lines that say what is wrong. */
export function buildFailure(stderr: string): RemoteError {
  if (saysFullDisk(stderr)) {
    return new RemoteError('device-failed', 'the disk is full: nothing more can be compiled', [
      'make room there and run again; TMPDIR names another place for temporary files',
    ]);
  }
  const lines = stderr.split('\n').filter((line) => /error|undefined|cannot/i.test(line));
  return new RemoteError('build-failed', 'the C compiler refused the generated program; this is a bug of ait-rvv', [
    ...(lines.length === 0 ? stderr.split('\n') : lines).slice(0, 10),
    'with --emit c the sources are kept',
  ]);
}

/** The variables that make the generated Makefile build for the target. */
export function makeVariables(
  toolchain: Toolchain,
  options: Pick<BuildOptions, 'march' | 'scalar' | 'compiler' | 'library'>,
): string[] {
  const { library } = options;
  // On a RISC-V machine the program runs where it was built.
  const elsewhere = options.scalar !== true && process.arch !== 'riscv64';
  const variables = library === undefined ? [] : libraryVariables(library, elsewhere);
  if (options.scalar === true) return ['SCALAR=1', `CC=${toolchain.hostCompiler.join(' ')}`, ...variables];
  const flags = toolchain.linkFlags.filter((flag) => library?.shared !== true || flag !== '-static');
  return [
    `CC=${options.compiler ?? toolchain.compiler.join(' ')}`,
    `ARCH_FLAGS=-march=${options.march}`,
    `LINK_FLAGS=${flags.join(' ')}`,
    ...variables,
  ];
}
