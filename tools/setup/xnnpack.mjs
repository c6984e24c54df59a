import { exists, run, say, SetupError } from './say.mjs';

const PACKAGES = ['libxnnpack-dev', 'libpthreadpool-dev'];

/**
 * Makes sure that the tests of the XNNPACK target find the library: for this machine as root with apt for everyone,
 * otherwise unpacked into the user's cache; for riscv64 always there. What cannot be had is said and left: nothing else
 * needs it, and those tests say so again.
 */
export async function installXnnpack(checkOnly) {
  const remote = await import('@ait-rvv/remote');
  const { XNNPACK_FUNCTIONS } = await import('@ait-rvv/codegen-xnnpack');
  const cacheDir = remote.defaultCacheDir(process.env);
  const request = { functions: XNNPACK_FUNCTIONS, cacheDir, env: process.env, log: say };
  const missing = [
    ...(remote.hasSystemXnnpack(process.env) || remote.cachedHostXnnpack(request) !== undefined
      ? []
      : ['this machine']),
    ...(process.arch === 'riscv64' || remote.cachedXnnpack(request) !== undefined ? [] : ['riscv64']),
  ];
  if (missing.length === 0) return false;
  if (checkOnly) throw new SetupError(`missing: XNNPACK for ${missing.join(' and ')}; run npm run setup`);
  const asRoot = process.getuid?.() === 0 && process.env.AIT_RVV_TOOLCHAIN !== 'user' && exists('apt-get');
  await trying('this machine', missing, async () => {
    if (asRoot) installAsRoot();
    else await remote.hostXnnpack(request);
  });
  await trying('riscv64', missing, () => remote.requireXnnpack(request));
  return true;
}

async function trying(machine, missing, work) {
  if (!missing.includes(machine)) return;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError) && error?.name !== 'RemoteError') throw error;
    say(`no XNNPACK for ${machine}, which the tests of that target need: ${error.message}`);
    for (const hint of error.hints ?? []) say(`  ${hint}`);
  }
}

function installAsRoot() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  say(`installing ${PACKAGES.join(' and ')} with apt`);
  run('apt-get', ['update'], { env });
  run('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], { env });
}
