import { lower } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { optimize } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { planPruning, pruneGraph } from '@ait-rvv/pruning';
import { createExecutor, defaultCacheDir, parseDevice, requireToolchain } from '@ait-rvv/remote';
import { compilerText, KnownResults, openCache, simDevice, tryChoices, Workshop } from '@ait-rvv/tuning';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Multiply-adds of a layer's largest sample, as the command has them; and none that a whole layer exceeds. */
export const SAMPLE = 12e6;
export const WHOLE = Infinity;

const DEVICE = 'sim:spacemit-x60';
const MARCH = 'rv64gcv';

/** All that measuring takes, with measurements in a scratch folder. */
export class TuningBench {
  backend = rvvBackend();
  signal = new AbortController().signal;
  jobs = cpus().length;

  /** Of a simulated core. */
  static async open(name = DEVICE) {
    const bench = new TuningBench();
    const { env } = process;
    const cacheDir = defaultCacheDir(env);
    const toolchain = await requireToolchain(env, cacheDir);
    bench.scratch = mkdtempSync(join(tmpdir(), 'ait-tuning-'));
    const folder = join(bench.scratch, 'workshop');
    mkdirSync(folder);
    const device = parseDevice(name);
    const executor = await createExecutor(device, { env, cacheDir, toolchain: () => Promise.resolve(toolchain) });
    bench.device = simDevice(executor, device, { threads: 1, slots: bench.jobs });
    bench.workshop = new Workshop({ folder, toolchain, march: MARCH, jobs: bench.jobs, env, signal: bench.signal });
    bench.setting = {
      device: bench.device.fingerprint,
      compiler: await compilerText(toolchain, MARCH, env),
      unit: 'cycles',
    };
    return bench;
  }

  async close() {
    await this.device.close();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** Measures choices of a layer, of which at most `mostWork` multiply-adds are run. */
  trying(mostWork, backend = this.backend) {
    const { workshop, device, scratch, signal } = this;
    return (layer, choices) => tryChoices(layer, choices, { backend, workshop, device, scratch, mostWork, signal });
  }

  /** Results in a file of their own. */
  async results(name) {
    return new KnownResults(await openCache(join(this.scratch, `${name}.db`), 'write'), this.setting);
  }

  /** A network of the zoo as it is compiled, dense or pruned. */
  network(reference, ratio, backend = this.backend) {
    return this.lowered(buildZooModel(parseZooReference(`zoo:${reference}`)), ratio, backend);
  }

  /** The same of any graph. */
  lowered(graph, ratio, backend = this.backend) {
    if (ratio === undefined) return lower(graph, backend);
    const plan = planPruning(optimize(graph), { drop: { ratio } });
    return lower(graph, backend, { encode: { name: 'prune', run: (one) => pruneGraph(one, plan) } });
  }
}
