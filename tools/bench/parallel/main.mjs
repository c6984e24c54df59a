import { parseArgs } from 'node:util';
import { nameOf } from '../../docs/networks.mjs';
import { reportFailure } from '../../start/ait-rvv.mjs';
import { printTable } from '../../start/table.mjs';
import { benchProgram, compileOnce, variantOf, zooReference } from '../programs.mjs';
import { Recorded } from '../recorded.mjs';
import { chosenCases, FLOOR_NETWORK, FLOOR_VARIANTS, FLOORS } from './cases.mjs';
import { aloneOf, layerSplit } from './split.mjs';
import { makePages } from '../pages.mjs';

/**
 * Networks on several cores and on several pictures at once, beside XNNPACK. Every result is recorded in
 * docs/reference/parallel.json when it is there; --network, --batch, --threads and --variant measure a part again.
 */
const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'sim:spacemit-x60' },
    size: { type: 'string', default: '224' },
    network: { type: 'string', multiple: true },
    batch: { type: 'string', multiple: true },
    threads: { type: 'string', multiple: true },
    variant: { type: 'string', multiple: true },
  },
});

function measure({ network, batch, threads, variant: id }) {
  const { title, compile } = variantOf(id);
  const size = Number(values.size);
  const name = `${network}-${id}-batch${batch}-threads${threads}`;
  const folder = compileOnce(zooReference(network, size, batch), name, [...compile, '--threads', String(threads)]);
  const { model, total, layers } = benchProgram(folder, values.device, threads);
  const { multiplyAdds, cycles, instructions, shareOfPeak, memory } = total;
  return {
    ...{ network, variant: id, title, batch, threads, size, device: values.device, model },
    ...{ multiplyAdds, cycles, instructions, shareOfPeak, dramBytes: memory.dramBytes },
    layers: layers.map(layerSplit),
  };
}

function report(rows, all) {
  printTable(
    ['network', 'variant', 'batch', 'threads', 'millions of cycles', 'of peak', 'times one thread'],
    rows.map((row) => [
      nameOf(row.network),
      row.title,
      row.batch,
      row.threads,
      (row.cycles / 1e6).toFixed(1),
      `${(100 * row.shareOfPeak).toFixed(1)} %`,
      speedup(row, all)?.toFixed(2) ?? '',
    ]),
  );
}

function speedup(row, all) {
  const alone = aloneOf(row, all);
  return alone === undefined ? undefined : alone.cycles / row.cycles;
}

/** Rows that are not as much faster than one thread as they must be. */
function faults(rows, all) {
  return rows
    .filter(({ network, batch, variant, threads }) => {
      return network === FLOOR_NETWORK && batch === 1 && FLOOR_VARIANTS.includes(variant) && FLOORS[threads];
    })
    .filter((row) => !(speedup(row, all) >= FLOORS[row.threads]))
    .map((row) => `${row.title} on ${row.threads} threads is ${speedup(row, all)?.toFixed(2)} times as fast as on one`);
}

try {
  const recorded = new Recorded('parallel', ['network', 'variant', 'batch', 'threads', 'size', 'device']);
  const rows = [];
  for (const one of chosenCases(values)) {
    rows.push(measure(one));
    await recorded.put(rows.at(-1));
  }
  console.log();
  report(rows, recorded.rows);
  for (const fault of faults(rows, recorded.rows)) {
    console.error(`error: ${fault}`);
    process.exitCode = 1;
  }
  makePages();
} catch (error) {
  reportFailure(error);
}
