import { loadCore, simulateRun, type DeviceSpec, type Executor } from '@ait-rvv/remote';
import type { TrialDevice, TrialRequest, TrialRun } from './device.js';
import { PROGRAM } from './workshop.js';

/** A trial that takes longer hangs. */
const TIMEOUT_MS = 600_000;

/** Trials on a simulated core: cycles by step, the same in every run. The run that is checked is the one that counts. */
export function simDevice(
  executor: Executor,
  device: Extract<DeviceSpec, { kind: 'sim' }>,
  { threads, slots }: { readonly threads: number; readonly slots: number },
): TrialDevice {
  const { core, version } = loadCore(device.core);
  const run = async ({ folder, signal }: TrialRequest): Promise<TrialRun> => {
    const workspace = await executor.open(folder);
    try {
      const files = ['--input', 'input.npz', '--output', 'output.npz'];
      const once = ['--warmup', '0', '--iterations', '1', '--threads', String(threads)];
      const dealt = threads > 1 ? ['--schedule', 'static'] : [];
      const argv = [`build/${PROGRAM}`, '--json', ...files, ...once, ...dealt];
      const { layers } = await simulateRun(workspace, argv, { signal, timeoutMs: TIMEOUT_MS });
      const byStep = new Map(layers.map((layer) => [layer.step, layer]));
      return { costOf: (step) => byStep.get(step)?.cycles, memoryOf: (step) => byStep.get(step)?.memory };
    } finally {
      await workspace.close();
    }
  };
  return {
    fingerprint: { name: `sim:${core.name}`, version, vlen: core.vlen, threads, clock: 'modelled' },
    unit: 'cycles',
    slots,
    compute: run,
    time: run,
    close: () => executor.close(),
  };
}
