import { coreNames, defaultCacheDir, loadCore, requireToolchain } from '@ait-rvv/remote';
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { Bench, RESULTS } from './measure.mjs';

/**
 * Runs the micro loops and the published kernels on the simulated cores and records what the model says; the page
 * docs/reference/simulator.md is made of that by `npm run docs`.
 */
const bench = new Bench(await requireToolchain(process.env, defaultCacheDir(process.env)), process.env);
try {
  const cores = {};
  for (const core of coreNames()) {
    cores[core] = {
      version: loadCore(core).version,
      loops: await bench.loops(core),
      overlap: await bench.overlap(core),
    };
    console.log(`${core}: ${cores[core].loops.length} loops`);
  }
  const x60 = cores['spacemit-x60'];
  x60.kernels = await bench.kernels('spacemit-x60');
  x60.sgemm = await bench.sgemm('spacemit-x60');
  const text = JSON.stringify({ cores }, null, 2);
  writeFileSync(RESULTS, await format(text, { parser: 'json', printWidth: 120 }));
} finally {
  bench.close();
}
