import { checkBoard, type BoardFinding } from '../board/check.js';
import { readConditions } from '../board/conditions.js';
import type { Fingerprint } from '../board/fingerprint.js';
import type { SshExecutor } from './executor.js';

/** What a shell could stumble over. */
const ODD = `a'b"c\\d!e$HOME\`id\` *;&|<>(){}[]~#%^ -`;

/** Connects to a board, reads anew what it is, and says what works and what is missing. */
export async function checkSshBoard(
  executor: SshExecutor,
): Promise<{ readonly findings: readonly BoardFinding[]; readonly fingerprint: Fingerprint }> {
  const { session, store } = executor;
  const quoting = (await session.run('echo', [ODD])).stdout === ODD;
  const fingerprint = await executor.fingerprint(true);
  const findings = checkBoard({
    fingerprint,
    conditions: await readConditions(session),
    quoting,
    way: await store.way(),
    folder: await store.path(),
    freeKilobytes: await store.freeKilobytes(),
  });
  return { findings, fingerprint };
}
