import { toolchainPackages } from './packages.mjs';
import { run } from './say.mjs';
import { CLANG_VERSIONS } from './toolchain.mjs';

/** Installs the toolchain for everyone, with apt as it is configured. */
export function installAsRoot() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update'], { env });
  const available = (name) =>
    /Candidate: (?!\(none\))/.test(run('apt-cache', ['policy', name], { env: { ...env, LC_ALL: 'C' } }));
  const { names } = toolchainPackages(CLANG_VERSIONS, available, () => ['gcc', 'libc6-dev']);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env });
}
