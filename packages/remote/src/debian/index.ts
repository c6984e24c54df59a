export { cachedPackageRoot, firstPackageRoot, packageRoot, type PackageRootOptions } from './package-root.js';
export { PrivateApt, type PrivateAptOptions } from './private-apt.js';
export {
  machineSources,
  ownRelease,
  parseAptSources,
  readRelease,
  sourcesList,
  sourcesOf,
  type AptSource,
  type Release,
} from './sources.js';
export { chooseToolchainPackages, type ToolchainPackages } from './toolchain-packages.js';
export { unpackPackages } from './unpack.js';
export { installUserToolchain } from './user-toolchain.js';
