import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { comparisonText } from '../../docs/benchmarks.mjs';
import { reportFailure, root, StepFailed } from '../../start/ait-rvv.mjs';
import { libraryRelease, measureNetwork } from './measure.mjs';
import { DEVICE, NETWORKS, SIZE, VARIANTS } from './variants.mjs';
import { makePages } from '../pages.mjs';

/**
 * Ours against XNNPACK: the same networks, inputs, threads and device, all variants of a network in one run. At the size
 * the pages are about each network is recorded in docs/reference/benchmarks.json once it is measured, from which the pages
 * are made; those that are not measured now stay as they are recorded. With --tuned every network is tuned first, into
 * out/bench/NETWORK.db, and measured tuned beside; --budget and --tile-rows are those of `ait-rvv tune`.
 */
const { values } = parseArgs({
  options: {
    device: { type: 'string', default: DEVICE },
    threads: { type: 'string', default: '1' },
    size: { type: 'string', default: String(SIZE) },
    network: { type: 'string', multiple: true, default: NETWORKS },
    tuned: { type: 'boolean', default: false },
    budget: { type: 'string' },
    'tile-rows': { type: 'string' },
  },
});
const settings = { device: values.device, threads: Number(values.threads), size: Number(values.size) };
const tuning = values.tuned ? { budget: values.budget, tileRows: values['tile-rows'] } : undefined;

try {
  const limit = ['budget', 'tile-rows'].find((name) => values[name] !== undefined);
  if (limit !== undefined && !values.tuned) throw new StepFailed(`--${limit} belongs to --tuned`, 2);
  const stranger = values.network.find((name) => !NETWORKS.includes(name));
  if (stranger !== undefined) throw new StepFailed(`networks are ${NETWORKS.join(', ')}, not ${stranger}`, 2);
  const found = [];
  for (const network of values.network) {
    found.push(measureNetwork(network, VARIANTS, { ...settings, tuning }));
    const result = { schemaVersion: 1, ...settings, xnnpack: libraryRelease(network), networks: found };
    if (settings.size === SIZE) record(result);
    if (found.length === values.network.length) console.log(`\n${comparisonText(result)}`);
  }
} catch (error) {
  reportFailure(error);
}

/** Replaces what is recorded of these networks, if the rest was measured in the same way. */
function record(result) {
  const file = join(root, 'docs/reference/benchmarks.json');
  const { networks: recorded, ...before } = JSON.parse(readFileSync(file, 'utf8'));
  const { networks, ...now } = result;
  const rest = isDeepStrictEqual(before, now) ? recorded : [];
  const known = new Map([...rest, ...networks].map((one) => [one.network, one]));
  const ordered = NETWORKS.flatMap((network) => known.get(network) ?? []);
  writeFileSync(file, `${JSON.stringify({ ...now, networks: ordered }, null, 2)}\n`);
  makePages();
}
