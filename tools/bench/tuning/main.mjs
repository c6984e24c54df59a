import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { makePages } from '../pages.mjs';
import { TuningBench } from './bench.mjs';
import { benchLayer, LAYERS } from './layers.mjs';
import { benchNetwork, NETWORKS } from './networks.mjs';

/**
 * Tunes layers and networks on the simulated SpacemiT X60, records what it finds, and makes docs/reference/tuning.md of
 * it. `layers` or `networks` as argument takes these alone and keeps the others' results, and names of networks after it
 * only those: `npm run bench:tune -- networks resnet18`.
 */
const PARTS = ['layers', 'networks'];
const root = fileURLToPath(new URL('../../..', import.meta.url));
const RESULTS = join(root, 'docs/reference/tuning.json');
const [part, ...chosen] = process.argv.slice(2);
const known = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
if (part !== undefined && !PARTS.includes(part))
  refuse(`takes ${PARTS.join(' or ')}, or nothing for both, not ${part}`);
if (part === 'layers' && chosen.length > 0) refuse('takes no names after layers');
const stranger = chosen.find((name) => !NETWORKS.includes(name));
if (stranger !== undefined) refuse(`knows ${NETWORKS.join(', ')}, not ${stranger}`);
const bench = await TuningBench.open();
try {
  const { name, version } = bench.setting.device;
  const { compiler } = bench.setting;
  const comparable = known.device?.version === version && known.compiler === compiler;
  if (!comparable && part !== undefined)
    console.log('what was recorded before is of another model or compiler and goes');
  const found = { ...(comparable ? known : {}), device: { name, version }, compiler, jobs: bench.jobs };
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
// The page is made here, since npm hands arguments to the last command of a script alone.
process.exitCode = makePages();

/** A wrong word on the command line. */
function refuse(what) {
  console.error(`error: bench:tune ${what}`);
  process.exit(2);
}

/** Writes down what is known by now, so that an end in between loses little. */
async function record(found) {
  writeFileSync(RESULTS, await format(JSON.stringify(found, null, 2), { parser: 'json', printWidth: 120 }));
  console.log(`${found.layers?.length ?? 0} layers, ${found.networks?.length ?? 0} networks`);
}
