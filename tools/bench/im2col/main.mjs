import { parseArgs } from 'node:util';
import { reportFailure, StepFailed } from '../../start/ait-rvv.mjs';
import { printTable } from '../../start/table.mjs';
import { makePages } from '../pages.mjs';
import { Recorded } from '../recorded.mjs';
import { TuningBench } from '../tuning/bench.mjs';
import { LAYERS } from './layers.mjs';
import { OFFSET_LAYERS } from './offset-layers.mjs';
import { measureOffsets } from './offsets.mjs';
import { measurePitch, NARROW_NETWORKS } from './pitch.mjs';
import { add, measurePasses } from './passes.mjs';

/**
 * What packing windows costs, in three tables: inside the tasks against a pass of its own (`passes`), column by column against
 * taps looked up by offsets (`offsets`), and in whole networks tuned with and without pictures on a zero-padded pitch
 * (`pitch`). A word as argument measures that table alone, --layer only layers of that name.
 */
const PARTS = { passes: benchPasses, offsets: benchOffsets, pitch: benchPitch };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: 'string', default: 'sim:spacemit-x60' },
    layer: { type: 'string', multiple: true },
  },
});

const chosen = (layers) => layers.filter(({ layer }) => values.layer?.includes(layer) ?? true);
const millions = (count) => (count / 1e6).toFixed(2);

async function benchPasses() {
  const recorded = new Recorded('im2col', ['layer', 'device']);
  const rows = [];
  for (const layer of chosen(LAYERS)) {
    rows.push(measurePasses(layer, values.device));
    await recorded.put(rows.at(-1));
  }
  console.log();
  printTable(
    ['layer', 'fused', 'im2col', 'product', 'times', 'bytes, fused', 'bytes, two passes', 'times'],
    rows.map(({ layer, fused, im2col, product }) => {
      const passes = add(im2col, product);
      const [own, other] = [fused, passes].map((one) => one.l2Bytes + one.dramBytes);
      return [
        ...[layer, ...[fused, im2col, product].map((one) => millions(one.cycles))],
        (passes.cycles / fused.cycles).toFixed(2),
        ...[millions(own), millions(other), (other / own).toFixed(2)],
      ];
    }),
  );
  console.log('\nin millions of cycles and of bytes moved between the caches and from and to memory');
}

async function benchOffsets() {
  const recorded = new Recorded('offsets', ['network', 'layer', 'ratio', 'device']);
  const rows = [];
  const bench = await TuningBench.open(values.device);
  try {
    for (const layer of chosen(OFFSET_LAYERS)) {
      rows.push({ ...(await measureOffsets(bench, layer)), device: values.device });
      await recorded.put(rows.at(-1));
    }
  } finally {
    await bench.close();
  }
  console.log();
  printTable(
    ['layer', 'pruned', 'kernel', 'cycles', 'first-level misses', 'bytes of scratch'],
    rows.flatMap(({ network, layer, ratio, packed, byOffsets }) =>
      [packed, ...byOffsets].map(({ kernel, cycles, l1Misses, scratchBytes }) => [
        ...[`${network} ${layer}`, ratio ?? 'dense', kernel],
        ...[millions(cycles), millions(l1Misses), scratchBytes],
      ]),
    ),
  );
  console.log('\nin millions of cycles and of misses');
}

async function benchPitch() {
  const recorded = new Recorded('pitch', ['channels', 'size', 'ratio', 'device']);
  const rows = [];
  for (const network of NARROW_NETWORKS) {
    rows.push(measurePitch(network, values.device));
    await recorded.put(rows.at(-1));
  }
  console.log();
  printTable(
    ['channels', 'pictures', 'pruned', 'in blocks', 'with --pitch', 'layers on a pitch'],
    rows.map(({ channels, size, ratio, blocks, pitch, inPicture }) => [
      ...[channels, `${size}x${size}`, ratio ?? 'dense', millions(blocks), millions(pitch), inPicture],
    ]),
  );
  console.log('\nin millions of cycles');
}

try {
  const stranger = positionals.find((part) => PARTS[part] === undefined);
  if (stranger !== undefined) throw new StepFailed(`takes ${Object.keys(PARTS).join(' or ')}, not ${stranger}`, 2);
  for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) await PARTS[part]();
  makePages();
} catch (error) {
  reportFailure(error);
}
