import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { TuningBench } from './bench.mjs';
import { benchLayer, LAYERS } from './layers.mjs';
import { benchNetwork, NETWORKS } from './networks.mjs';

/**
 * Tunes layers and networks on the simulated SpacemiT X60 and records what it finds; docs/reference/tuning.md is made of
 * that by `npm run docs`. `layers` or `networks` as argument takes these alone and keeps the others' results; networks
 * that are named after it, too.
 */
const RESULTS = fileURLToPath(new URL('../../../docs/reference/tuning.json', import.meta.url));
const [part, ...chosen] = process.argv.slice(2);
const known = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
const bench = await TuningBench.open();
try {
  const { name, version } = bench.setting.device;
  const found = { ...known, device: { name, version }, compiler: bench.setting.compiler, jobs: bench.jobs };
  if (part !== 'networks') {
    found.layers = [];
    for (const one of LAYERS) {
      found.layers.push(await benchLayer(bench, one));
      await record(found);
    }
  }
  if (part !== 'layers') {
    const measured = new Map((found.networks ?? []).map((one) => [one.network, one]));
    for (const one of chosen.length > 0 ? chosen : NETWORKS) {
      const load = loadavg()[0];
      measured.set(one, { ...(await benchNetwork(bench, one)), load: Math.round(10 * load) / 10 });
      found.networks = NETWORKS.flatMap((name) => measured.get(name) ?? []);
      await record(found);
    }
  }
} finally {
  await bench.close();
}

/** Writes down what is known by now, so that an end in between loses little. */
async function record(found) {
  writeFileSync(RESULTS, await format(JSON.stringify(found, null, 2), { parser: 'json', printWidth: 120 }));
  console.log(`${found.layers?.length ?? 0} layers, ${found.networks?.length ?? 0} networks`);
}
