import { SetupError } from './say.mjs';

/**
 * The packages to install, by what the release has. `available` tells whether a package has an installation
 * candidate, `host` names the packages of a compiler for this machine, given the version of clang.
 */
export function toolchainPackages(clangVersions, available, host) {
  const clang = clangVersions.find((version) => available(`clang-${version}`));
  const gcc = [12, 13, 14, 15].find((version) => available(`libgcc-${version}-dev-riscv64-cross`));
  if (clang === undefined || gcc === undefined) {
    throw new SetupError('this release has no package of clang 17 or newer, or none of the riscv64 cross libraries');
  }
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
      ...host(clang),
    ],
  };
}
