import { DeviceBook } from '@ait-rvv/remote';
import type { BoardWork } from './work.js';

/** Forgets a board. What was sent to it stays there; `device clean` removes that before. */
export async function removeBoard({ name, json, context }: BoardWork): Promise<number> {
  const book = await DeviceBook.read(context.configDir);
  await book.without(name).write();
  if (json) context.print(JSON.stringify({ schemaVersion: 1, removed: name }));
  else context.log(`${name} is removed`);
  return 0;
}
