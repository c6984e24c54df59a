import type { OptionDef } from '@ait-rvv/command';

/** Options of every command that executes. */
export const DEVICE_OPTIONS = {
  device: { type: 'string', default: 'qemu', describe: 'where to run: qemu, qemu:vlen=128, sim:spacemit-x60, local' },
} as const satisfies Record<string, OptionDef>;
