import { z } from 'zod';

const parameters = z.record(z.string(), z.union([z.string(), z.number()]));

/** Where something was measured. Figures of unequal fingerprints do not compare. */
export const deviceSchema = z.strictObject({
  /** `sim:spacemit-x60`, `BPI-F3`. */
  name: z.string().describe('the core or board'),
  version: z.string().describe('of a simulated core: simulator and core table; of a board: its core and kernel'),
  vlen: z.number().int().nonnegative().describe('bits of a vector register'),
  threads: z.number().int().positive().describe('threads of the measured program'),
  clock: z.string().describe('clock in kHz, or what stands for it'),
});

/** What was measured, where, and made by what: equal keys are the same measurement. */
const key = {
  layer: z.string().describe('op, attributes and types of the layer, which names no model'),
  dtype: z.string().describe('element type'),
  sparsity: z.string().describe('dense, or N:M/T of column-wise N:M weights'),
  kernel: z.string(),
  parameters: parameters.describe('of the kernel: register tile, panels, tasks'),
  kernelVersion: z.string().describe('hash of the generated C sources'),
  device: deviceSchema,
  compiler: z.string().describe('compiler, version and flags'),
};

export const measurementSchema = z.strictObject({
  ...key,
  status: z.enum(['ok', 'failed']),
  cost: z.number().nonnegative().nullable().describe('of the whole layer; null when the candidate failed'),
  unit: z.enum(['cycles', 'nanoseconds']),
  detail: z.string().describe('how much of the layer was run, or why the candidate failed'),
});

export type DeviceFingerprint = z.infer<typeof deviceSchema>;
export type Measurement = z.infer<typeof measurementSchema>;
export type MeasurementKey = Pick<Measurement, keyof typeof key>;

/** A text that is equal for equal keys. */
export function keyText(of: MeasurementKey): string {
  const { layer, dtype, sparsity, kernel, kernelVersion, compiler } = of;
  const { name, version, vlen, threads, clock } = of.device;
  const numbers = parametersText(of.parameters);
  return JSON.stringify([
    ...[layer, dtype, sparsity, kernel, numbers, kernelVersion, compiler],
    ...[name, version, vlen, threads, clock],
  ]);
}

/** `kBlock=64 l=2 t=7`, in the order of names. */
export function parametersText(of: Measurement['parameters']): string {
  const names = Object.keys(of).sort();
  return names.map((name) => `${name}=${of[name] ?? ''}`).join(' ');
}
