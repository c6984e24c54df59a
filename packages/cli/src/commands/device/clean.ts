import { megabytes, whole } from '@ait-rvv/command';
import { openBoard } from '../../wire.js';
import type { BoardWork } from './work.js';

/** Removes what was sent to a board, but for what was used last. */
export async function cleanBoard({ name, json, values, context }: BoardWork): Promise<number> {
  const keep = whole(values, 'keep', 0, 10_000_000) ?? 0;
  const board = await openBoard(name, values, context);
  try {
    const { removed, kept } = await board.store.clean(keep * 1000);
    if (json) context.print(JSON.stringify({ schemaVersion: 1, removedKilobytes: removed, keptKilobytes: kept }));
    else context.log(`${name}: ${megabytes(removed * 1024)} removed, ${megabytes(kept * 1024)} left`);
    return 0;
  } finally {
    await board.close();
  }
}
