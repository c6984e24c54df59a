import { text, whole } from '@ait-rvv/command';
import { DeviceBook, formatAddress, parseAddress } from '@ait-rvv/remote';
import type { BoardWork } from './work.js';

/** Records a board. Nothing is connected. */
export async function addBoard({ name, address, json, values, context }: BoardWork): Promise<number> {
  const book = await DeviceBook.read(context.configDir);
  const folder = text(values, 'folder');
  const quotaMegabytes = whole(values, 'quota', 1, 100_000_000);
  const runner = (text(values, 'runner') ?? '').split(/\s+/).filter((word) => word !== '');
  const record = {
    address: parseAddress(address),
    ...(folder === undefined ? {} : { folder }),
    ...(quotaMegabytes === undefined ? {} : { quotaMegabytes }),
    ...(runner.length === 0 ? {} : { runner }),
  };
  await book.with(name, record).write();
  if (json) context.print(JSON.stringify({ schemaVersion: 1, name, ...record }));
  else context.log(`${name} is ${formatAddress(record.address)}; ait-rvv device check ${name} says what it can do`);
  return 0;
}
