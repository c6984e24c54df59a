import { parseArgs } from 'node:util';
import { reportFailure, StepFailed } from '../../start/ait-rvv.mjs';
import { printTable } from '../../start/table.mjs';
import { makePages } from '../pages.mjs';
import { Recorded } from '../recorded.mjs';
import { TuningBench } from '../tuning/bench.mjs';
import { LAYERS } from './layers.mjs';
import { OFFSET_LAYERS } from './offset-layers.mjs';
import { KEPT_LAYERS, measureKept } from './kept.mjs';
import { measureOffsets } from './offsets.mjs';
import { measurePitch, NARROW_NETWORKS } from './pitch.mjs';
import { add, measurePasses } from './passes.mjs';

/**
 * What packing windows costs, in four tables: inside the tasks against a pass of its own (`passes`), column by column against
 * taps looked up by offsets (`offsets`), everything against what some tile of a pruned weight keeps (`kept`), and in whole
 * networks tuned with and without pictures on a zero-padded pitch (`pitch`). A word as argument measures that table alone, --layer only layers of that name.
 */
const PARTS = { passes: benchPasses, offsets: benchOffsets, kept: benchKept, pitch: benchPitch };

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

/** What is measured of each layer, recorded as it comes. */
async function measured(name, layers, measure) {
  const recorded = new Recorded(name, ['network', 'layer', 'ratio', 'device']);
  const rows = [];
  const bench = await TuningBench.open(values.device);
  try {
    for (const layer of chosen(layers)) {
      rows.push({ ...(await measure(bench, layer)), device: values.device });
      await recorded.put(rows.at(-1));
    }
  } finally {
    await bench.close();
  }
  return rows;
}

async function benchKept() {
  const rows = await measured('kept', KEPT_LAYERS, measureKept);
  console.log();
  printTable(
    ['layer', 'pruned', 'kept by some tile', 'all packed', 'cycles', 'what is kept', 'cycles'],
    rows.map(({ network, layer, ratio, share, all, kept }) => [
      ...[`${network} ${layer}`, ratio, `${(100 * share).toFixed(0)} %`, all.kernel, millions(all.cycles)],
      ...(kept === null ? ['', ''] : [kept.kernel, millions(kept.cycles)]),
    ]),
  );
  console.log('\nin millions of cycles');
}

async function benchOffsets() {
  const rows = await measured('offsets', OFFSET_LAYERS, measureOffsets);
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
