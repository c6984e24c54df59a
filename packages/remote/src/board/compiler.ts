import { RemoteError } from '../errors.js';
import { installCommand } from './distribution.js';
import type { Fingerprint } from './fingerprint.js';

/** The oldest compilers with RVV intrinsics that the kernels compile with. */
const OLDEST = { clang: 17, gcc: 14 } as const;

export interface BoardCompiler {
  readonly name: string;
  readonly kind: keyof typeof OLDEST;
  readonly major: number;
}

/** The C compilers of a machine, as far as their version line says what they are. */
export function boardCompilers({ compilers }: Pick<Fingerprint, 'compilers'>): readonly BoardCompiler[] {
  return compilers.flatMap(({ name, version }): readonly BoardCompiler[] => {
    const [, clang] = /clang version ([0-9]+)/.exec(version) ?? [];
    const [, gcc] = /^\S*(?:gcc|cc)\S* .*?([0-9]+)\.[0-9]+(?:\.[0-9]+)?/.exec(version) ?? [];
    if (clang !== undefined) return [{ name, kind: 'clang', major: Number(clang) }];
    return gcc === undefined ? [] : [{ name, kind: 'gcc', major: Number(gcc) }];
  });
}

/** The compiler to build with: clang before gcc, in the order of describe.sh. Undefined when none is new enough. */
export function chooseCompiler(fingerprint: Pick<Fingerprint, 'compilers'>): BoardCompiler | undefined {
  const usable = boardCompilers(fingerprint).filter(({ kind, major }) => major >= OLDEST[kind]);
  return usable.find(({ kind }) => kind === 'clang') ?? usable[0];
}

/** The same, or RemoteError `tool-missing` that says how to get one. */
export function requireCompiler(name: string, fingerprint: Fingerprint): BoardCompiler {
  const missing = [
    ...(chooseCompiler(fingerprint) === undefined ? ['clang'] : []),
    ...(fingerprint.tools.includes('make') ? [] : ['make']),
  ];
  const compiler = chooseCompiler(fingerprint);
  if (compiler !== undefined && missing.length === 0) return compiler;
  const old = boardCompilers(fingerprint).map(({ kind, major }) => `${kind} ${major}`);
  throw new RemoteError(
    'tool-missing',
    `${name} cannot compile: it needs ${compiler === undefined ? 'clang 17 or gcc 14, or newer' : 'make'}`,
    [
      ...(old.length === 0 ? [] : [`it has ${old.join(', ')}`]),
      `on the board: ${installCommand(fingerprint, missing)}`,
    ],
  );
}
