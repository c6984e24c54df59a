import { say, SetupError } from './say.mjs';

/**
 * Fetches what the emulated board of the tests is made of: a riscv64 system, an emulator and an SSH server, from
 * Debian's packages into the cache. Nothing of it is installed on the machine. Other distributions do without, and the
 * tests that need a board are skipped there.
 */
export async function fetchBoard(checkOnly) {
  const { cachedUserland, fetchUserland, whyNoBoard } = await import('../board/userland.mjs');
  if (cachedUserland() !== undefined) return false;
  const reason = whyNoBoard();
  if (reason !== undefined) {
    say(`no board to test with: ${reason}`);
    return false;
  }
  if (checkOnly) throw new SetupError('the packages of the test board are missing; run npm run setup');
  await fetchUserland(say);
  return true;
}
