import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A library for the target that was found, and how a program is linked with it. */
export interface FoundLibrary {
  /** As linkers and the generated Makefile's variables spell it: `XNNPACK`. */
  readonly name: string;
  /** Folder with include/ and lib/; undefined where the compiler looks by itself. */
  readonly prefix?: string;
  /** False for a static archive: then the program needs nothing when it runs. */
  readonly shared: boolean;
  /** Where shared libraries lie that a program needs when it runs on another system than this one's. */
  readonly runtimeFolders: readonly string[];
  /** For people: whose it is. */
  readonly origin: string;
}

/** The folders of a prefix that may hold libraries: those of Debian's architectures, too. */
export function libraryFolders(prefix: string): readonly string[] {
  const lib = join(prefix, 'lib');
  const triplets = existsSync(lib) ? readdirSync(lib).filter((name) => name.endsWith('-linux-gnu')) : [];
  return [lib, join(prefix, 'lib64'), ...triplets.map((name) => join(lib, name))].filter((folder) =>
    existsSync(folder),
  );
}

/** The file of a library, a shared one before a static one. */
export function libraryFile(folders: readonly string[], name: string): string | undefined {
  const files = [`lib${name}.so`, `lib${name}.a`].flatMap((file) => folders.map((folder) => join(folder, file)));
  return files.find((file) => existsSync(file));
}

/** Variables that make a generated Makefile link with the library; `elsewhere` when the program runs on another system. */
export function libraryVariables({ name, prefix }: FoundLibrary, elsewhere: boolean): readonly string[] {
  const own = prefix === undefined ? [] : [`${name}_PREFIX=${prefix}`];
  return elsewhere ? [...own, `${name}_RPATH=`] : own;
}
