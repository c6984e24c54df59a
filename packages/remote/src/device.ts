import { formatAddress, parseAddress, requireNoPassword, type SshAddress } from './devices/address.js';
import type { BoardRecord } from './devices/device-book.js';
import { RemoteError } from './errors.js';

/** Where a program runs. */
export type DeviceSpec =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh';
      /** As the user has recorded it; absent for a board that is named by its address. */
      readonly name?: string;
      readonly address: SshAddress;
      readonly folder?: string;
      readonly runner?: readonly string[];
      /** Most megabytes that our cache may take there. */
      readonly quotaMegabytes?: number;
    }
  | {
      readonly kind: 'qemu';
      readonly vlen: number;
      /** Fill tail and masked lanes with ones. */ readonly poison: boolean;
    }
  | {
      readonly kind: 'sim';
      /** Name of a core, or path of a core file. */ readonly core: string;
    };

const VLENS = [128, 256, 512, 1024];

/** A board over SSH. */
export type BoardDevice = Extract<DeviceSpec, { kind: 'ssh' }>;

/** Boards by the names that the user has given them. */
export type KnownBoards = ReadonlyMap<string, BoardRecord>;

/**
 * Reads `local`, `qemu`, `qemu:vlen=128`, `qemu:vlen=512,poison=true`, `sim:spacemit-x60`, `sim:FILE.json`, the name of a
 * board, or `ssh://user@host:port`. Throws RemoteError `device-unknown`.
 */
export function parseDevice(text: string, boards: KnownBoards = new Map()): DeviceSpec {
  const board = boards.get(text);
  if (board !== undefined) return boardDevice(text, board);
  if (text.startsWith('ssh://')) return { kind: 'ssh', address: parseAddress(text) };
  const [kind = '', ...rest] = text.split(':');
  const settings = rest.join(':');
  if (kind === 'local' && settings === '') return { kind: 'local' };
  if (kind === 'sim' && settings !== '') return { kind: 'sim', core: settings };
  if (kind === 'qemu') return { kind: 'qemu', ...parseQemu(settings) };
  requireNoPassword(text);
  throw new RemoteError('device-unknown', `there is no device ${JSON.stringify(text.slice(0, 80))}`, [
    'devices are qemu, qemu:vlen=128, sim:spacemit-x60, local, ssh://user@host and the boards of ait-rvv device list',
  ]);
}

function parseQemu(settings: string): { readonly vlen: number; readonly poison: boolean } {
  let vlen = 256;
  let poison = false;
  for (const setting of settings === '' ? [] : settings.split(',')) {
    const [key, value] = setting.split('=');
    if (key === 'vlen' && VLENS.includes(Number(value))) vlen = Number(value);
    else if (key === 'poison' && (value === 'true' || value === 'false')) poison = value === 'true';
    else {
      throw new RemoteError('device-unknown', `qemu has no setting ${JSON.stringify(setting.slice(0, 80))}`, [
        `settings are vlen=${VLENS.join('|')} and poison=true|false`,
      ]);
    }
  }
  return { vlen, poison };
}

/** `qemu:vlen=256`, as reports name a device. */
export function describeDevice(device: DeviceSpec): string {
  switch (device.kind) {
    case 'local':
      return 'local';
    case 'ssh':
      return device.name ?? formatAddress(device.address);
    case 'sim':
      return `sim:${device.core}`;
    case 'qemu':
      return `qemu:vlen=${device.vlen}${device.poison ? ',poison=true' : ''}`;
  }
}

/** What a board's fingerprint is stored under: programs may see another machine through a runner. */
export function fingerprintKey({ address, runner = [] }: BoardDevice): string {
  return [formatAddress(address), ...runner].join(' ');
}

/** A recorded board as a device. */
export function boardDevice(name: string, { address, folder, runner, quotaMegabytes }: BoardRecord): BoardDevice {
  const { host, user, port } = address;
  return {
    kind: 'ssh',
    name,
    address: { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) },
    ...(folder === undefined ? {} : { folder }),
    ...(runner === undefined ? {} : { runner }),
    ...(quotaMegabytes === undefined ? {} : { quotaMegabytes }),
  };
}
