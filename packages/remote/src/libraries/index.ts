export { readElf, type ElfFile } from './elf.js';
export { libraryVariables, type FoundLibrary } from './found-library.js';
export { collectLibraries, SYSROOT, sysrootArguments } from './sysroot.js';
export {
  cachedHostXnnpack,
  cachedXnnpack,
  hasSystemXnnpack,
  hostXnnpack,
  requireXnnpack,
  type TargetXnnpackRequest,
  type XnnpackRequest,
} from './xnnpack.js';
