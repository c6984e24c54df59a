import { text, whole, type OptionDef, type Values } from '@ait-rvv/command';
import type { HostKeyPolicy } from '@ait-rvv/remote';

/** Options of every command that may connect to a board. */
export const CONNECT_OPTIONS = {
  'host-key': {
    type: 'string',
    choices: ['strict', 'accept-new'],
    describe: 'a board that known_hosts does not have: refuse it, or record its key (default: ask at a terminal)',
  },
} as const satisfies Record<string, OptionDef>;

/** Options of every command that executes. */
export const DEVICE_OPTIONS = {
  device: {
    type: 'string',
    default: 'qemu',
    describe: 'where to run: qemu, qemu:vlen=128, sim:spacemit-x60, local, a board or ssh://user@host',
  },
  timeout: { type: 'string', describe: 'seconds after which a program is stopped (default 3600)' },
  ...CONNECT_OPTIONS,
} as const satisfies Record<string, OptionDef>;

/** What to do with a board whose key nobody knows; asks where it can. */
export function hostKeyPolicy(values: Values): HostKeyPolicy {
  const given = text(values, 'host-key');
  return given === 'strict' || given === 'accept-new' ? given : 'ask';
}

/** How long a program may run. */
export function timeoutOf(values: Values): number {
  return 1000 * (whole(values, 'timeout', 1, 1_000_000) ?? 3600);
}
