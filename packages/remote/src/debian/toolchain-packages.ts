import { RemoteError } from '../errors.js';

/** Newest first would be tempting; 19 is the one the project is tested with. */
const CLANGS = [19, 20, 21, 18, 17];
const CROSS_GCCS = [12, 13, 14, 15];

export interface ToolchainPackages {
  readonly clang: number;
  readonly gcc: number;
  readonly names: readonly string[];
}

/**
 * The packages that make a toolchain, by what the release has. With `host` also those of a compiler for this machine:
 * gcc's libraries, served by clang, sanitizers included.
 */
export async function chooseToolchainPackages(
  available: (name: string) => Promise<boolean>,
  host: boolean,
): Promise<ToolchainPackages> {
  const first = async (versions: readonly number[], name: (version: number) => string): Promise<number> => {
    for (const version of versions) if (await available(name(version))) return version;
    throw new RemoteError(
      'tool-missing',
      `this release has no package ${name(versions[0] ?? 0)}, nor another version of it`,
    );
  };
  const clang = await first(CLANGS, (version) => `clang-${version}`);
  const gcc = await first(CROSS_GCCS, (version) => `libgcc-${version}-dev-riscv64-cross`);
  return {
    clang,
    gcc,
    names: [
      `clang-${clang}`,
      `lld-${clang}`,
      'qemu-user',
      'libc6-dev-riscv64-cross',
      `libgcc-${gcc}-dev-riscv64-cross`,
      'make',
      'cmake',
      ...(host ? ['gcc', 'libc6-dev', `libclang-rt-${clang}-dev`] : []),
    ],
  };
}
