import { table } from '@ait-rvv/command';
import { boardDevice, DeviceBook, FingerprintStore, fingerprintKey, formatAddress } from '@ait-rvv/remote';
import type { BoardWork } from './work.js';

/** The recorded boards, with what is known of them from earlier connections. */
export async function listBoards({ json, context }: BoardWork): Promise<number> {
  const book = await DeviceBook.read(context.configDir);
  const store = new FingerprintStore(context.cacheDir);
  const boards = await Promise.all(
    [...book.boards].map(async ([name, record]) => {
      const device = boardDevice(name, record);
      const known = await store.read(fingerprintKey(device));
      return { name, address: formatAddress(device.address), known };
    }),
  );
  if (json) {
    const plain = boards.map(({ name, address, known }) => ({
      name,
      address,
      ...(known === undefined ? {} : { fingerprint: known }),
    }));
    context.print(JSON.stringify({ schemaVersion: 1, boards: plain }));
    return 0;
  }
  if (boards.length === 0) context.log('there is no board; add one with ait-rvv device add NAME user@host');
  else {
    const rows = boards.map(({ name, address, known }) => [
      name,
      address,
      known === undefined ? 'not seen yet' : known.model,
      known === undefined ? '' : `${known.cores}`,
      known === undefined ? '' : `${known.vlen}`,
    ]);
    context.print(table(['board', 'address', 'model', 'cores', 'VLEN'], rows));
  }
  return 0;
}
