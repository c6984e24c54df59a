import { exists, run, say, SetupError } from './say.mjs';

/**
 * Makes sure that there is a cross compiler, an emulator and make: as root with apt for everyone, otherwise unpacked
 * into the user's cache. Comes last, since it is the built packages that know how.
 */
export async function installToolchain(checkOnly) {
  const remote = await import('@ait-rvv/remote');
  const cacheDir = remote.defaultCacheDir(process.env);
  const { tools } = await remote.findToolchain(process.env, cacheDir);
  const missing = tools.filter((tool) => tool.found === undefined).map((tool) => tool.name);
  if (missing.length === 0) return false;
  const what = `missing: ${missing.join(', ')}`;
  if (checkOnly) throw new SetupError(`${what}; run npm run setup`);
  if (!exists('apt-get')) {
    throw new SetupError(
      `${what}; this system has no apt, so install them by hand: ait-rvv doctor says what is needed`,
    );
  }
  const asRoot = process.getuid?.() === 0 && process.env.AIT_RVV_TOOLCHAIN !== 'user';
  say(`${what}; ${asRoot ? 'installing with apt' : `unpacking packages into ${cacheDir}`}`);
  if (asRoot) await installAsRoot(remote);
  else await remote.installUserToolchain(cacheDir, process.env, say);
  return true;
}

async function installAsRoot({ chooseToolchainPackages }) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  run('apt-get', ['update'], { env });
  const available = (name) =>
    Promise.resolve(/Candidate: (?!\(none\))/.test(run('apt-cache', ['policy', name], { env })));
  const { names } = await chooseToolchainPackages(available, false);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...names, 'gcc', 'libc6-dev'], { env });
}
