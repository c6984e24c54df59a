import { EXIT, printable, table } from '@ait-rvv/command';
import { checkSshBoard } from '@ait-rvv/remote';
import { openBoard } from '../../wire.js';
import type { BoardWork } from './work.js';

const STATES = { ok: 'ok', missing: 'missing', advice: 'could be better' } as const;

/** Connects to a board and says what works and what is missing, each with the command that mends it. */
export async function checkDevice({ name, json, values, context }: BoardWork): Promise<number> {
  const board = await openBoard(name, values, context);
  try {
    const { findings, fingerprint } = await checkSshBoard(board);
    const usable = findings.every(({ state }) => state !== 'missing');
    if (json) {
      context.print(JSON.stringify({ schemaVersion: 1, name, usable, findings, fingerprint }));
    } else {
      context.print(
        table(
          [name, '', ''],
          findings.map((one) => [one.name, STATES[one.state], one.text]),
        ),
      );
      const fixes = findings.flatMap((one) => (one.fix === undefined ? [] : [printable(`  ${one.name}: ${one.fix}`)]));
      if (fixes.length > 0) context.print(`\nTo mend it, on the board:\n${fixes.join('\n')}`);
    }
    return usable ? EXIT.ok : EXIT.device;
  } finally {
    await board.close();
  }
}
