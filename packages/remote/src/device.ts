import { RemoteError } from './errors.js';

/** Where a program runs. Boards over SSH and simulated cores will be further members. */
export type DeviceSpec =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'qemu';
      readonly vlen: number;
      /** Fill tail and masked lanes with ones. */ readonly poison: boolean;
    };

const VLENS = [128, 256, 512, 1024];

/** Reads `local`, `qemu`, `qemu:vlen=128`, `qemu:vlen=512,poison=true`. Throws RemoteError `device-unknown`. */
export function parseDevice(text: string): DeviceSpec {
  const [kind = '', ...rest] = text.split(':');
  const settings = rest.join(':');
  if (kind === 'local' && settings === '') return { kind: 'local' };
  if (kind !== 'qemu') {
    throw new RemoteError('device-unknown', `there is no device ${JSON.stringify(text.slice(0, 80))}`, [
      'devices are qemu, qemu:vlen=128 and local',
    ]);
  }
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
  return { kind: 'qemu', vlen, poison };
}

/** `qemu:vlen=256`, as reports name a device. */
export function describeDevice(device: DeviceSpec): string {
  if (device.kind === 'local') return 'local';
  return `qemu:vlen=${device.vlen}${device.poison ? ',poison=true' : ''}`;
}
