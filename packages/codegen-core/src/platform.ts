import type { RuntimeSource } from './emit/runtime-files.js';

/**
 * A library that programs of a target link with. Build files find it where the system has it, by pkg-config, by CMake,
 * or below `<name>_PREFIX`, a folder with include/ and lib/.
 */
export interface LinkedLibrary {
  /** As CMake, the linker and the variable `<name>_PREFIX` spell it: `XNNPACK`. */
  readonly name: string;
  readonly header: string;
  /** Its name for pkg-config. */
  readonly pkgConfig: string;
  /** Libraries it stands on, in the order of linking: always linked, or only where the prefix holds them. */
  readonly needs: readonly { readonly name: string; readonly always: boolean }[];
  /** How to get it, in one line of plain words. */
  readonly advice: string;
}

/** What programs of a target stand on beside libc and the runtime. */
export interface Platform {
  /** Instead of the runtime's own team of threads. */
  readonly workers?: RuntimeSource;
  readonly library?: LinkedLibrary;
}
