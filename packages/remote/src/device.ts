import { RemoteError } from './errors.js';

/** Where a program runs. Boards over SSH will be further members. */
export type DeviceSpec =
  | { readonly kind: 'local' }
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

/**
 * Reads `local`, `qemu`, `qemu:vlen=128`, `qemu:vlen=512,poison=true`, `sim:spacemit-x60`, `sim:FILE.json`. Throws
 * RemoteError `device-unknown`.
 */
export function parseDevice(text: string): DeviceSpec {
  const [kind = '', ...rest] = text.split(':');
  const settings = rest.join(':');
  if (kind === 'local' && settings === '') return { kind: 'local' };
  if (kind === 'sim' && settings !== '') return { kind: 'sim', core: settings };
  if (kind === 'qemu') return { kind: 'qemu', ...parseQemu(settings) };
  throw new RemoteError('device-unknown', `there is no device ${JSON.stringify(text.slice(0, 80))}`, [
    'devices are qemu, qemu:vlen=128, sim:spacemit-x60 and local',
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
    case 'sim':
      return `sim:${device.core}`;
    case 'qemu':
      return `qemu:vlen=${device.vlen}${device.poison ? ',poison=true' : ''}`;
  }
}
