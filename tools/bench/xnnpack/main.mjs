import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { comparisonText } from '../../docs/benchmarks.mjs';
import { root, StepFailed } from '../../start/ait-rvv.mjs';
import { libraryRelease, measureNetwork } from './measure.mjs';
import { DEVICE, NETWORKS, SIZE, VARIANTS } from './variants.mjs';

/**
 * Ours against XNNPACK: the same networks, inputs, threads and device, everything in one run. The whole comparison is
 * written to docs/reference/benchmarks.json, from which the pages are made; a part of it is only printed.
 */
const { values } = parseArgs({
  options: {
    device: { type: 'string', default: DEVICE },
    threads: { type: 'string', default: '1' },
    size: { type: 'string', default: String(SIZE) },
    network: { type: 'string', multiple: true, default: NETWORKS },
  },
});
const settings = { device: values.device, threads: Number(values.threads), size: Number(values.size) };

try {
  const networks = values.network.map((network) => measureNetwork(network, VARIANTS, settings));
  const result = { schemaVersion: 1, ...settings, xnnpack: libraryRelease(values.network[0]), networks };
  console.log(`\n${comparisonText(result)}`);
  if (values.network.length === NETWORKS.length && settings.size === SIZE) write(result);
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}

function write(result) {
  writeFileSync(join(root, 'docs/reference/benchmarks.json'), `${JSON.stringify(result, null, 2)}\n`);
  spawnSync(process.execPath, ['tools/docs/main.mjs'], { cwd: root, stdio: 'inherit' });
}
