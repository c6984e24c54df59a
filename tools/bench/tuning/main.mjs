import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { TuningBench } from './bench.mjs';
import { benchLayer, LAYERS } from './layers.mjs';
import { benchNetwork, NETWORKS } from './networks.mjs';

/**
 * Tunes layers and networks on the simulated SpacemiT X60, records what it finds, and makes docs/reference/tuning.md of
 * it. `layers` or `networks` as argument takes these alone and keeps the others' results: `npm run bench:tune -- networks`.
 */
const PARTS = ['layers', 'networks'];
const root = fileURLToPath(new URL('../../..', import.meta.url));
const RESULTS = join(root, 'docs/reference/tuning.json');
const [part, ...more] = process.argv.slice(2);
if (more.length > 0 || (part !== undefined && !PARTS.includes(part))) {
  console.error(
    `error: bench:tune takes ${PARTS.join(' or ')}, or nothing for both, not ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
const known = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
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
    found.networks = [];
    for (const one of NETWORKS) {
      const load = loadavg()[0];
      found.networks.push({ ...(await benchNetwork(bench, one)), load: Math.round(10 * load) / 10 });
      await record(found);
    }
  }
} finally {
  await bench.close();
}
// The page is made here, since npm hands arguments to the last command of a script alone.
const { status } = spawnSync(process.execPath, ['tools/docs/main.mjs'], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;

/** Writes down what is known by now, so that an end in between loses little. */
async function record(found) {
  writeFileSync(RESULTS, await format(JSON.stringify(found, null, 2), { parser: 'json', printWidth: 120 }));
  console.log(`${found.layers?.length ?? 0} layers, ${found.networks?.length ?? 0} networks`);
}
