import { loadCore } from '@ait-rvv/remote';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aitRvv, reportFailure, root, StepFailed } from '../start/ait-rvv.mjs';
import { printTable } from '../start/table.mjs';

/**
 * Every layer of a network against the limits of the modelled core: its multiply-adds, its cycles, the share of the
 * multiply-add peak, the bytes that left the first-level cache, and what its cycles go to most. --l2 gives the core a
 * second-level cache of so many MiB: beside the real one it shows what no order of layers could save more than, since then
 * whatever was written is still there when it is read.
 */
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet18' },
    size: { type: 'string', default: '224' },
    device: { type: 'string', default: 'sim:spacemit-x60' },
    prune: { type: 'string' },
    tuning: { type: 'string' },
    threads: { type: 'string', default: '1' },
    l2: { type: 'string' },
    least: { type: 'string', default: '0.5' },
  },
});

const millions = (count) => (count / 1e6).toFixed(2);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * What most of a layer's cycles are: multiply-adds at the speed of the vector unit, other instructions around them, or
 * waiting for the second-level cache or for memory, told apart by the bytes that came from each.
 */
function boundBy({ cycles, issueCycles, multiplyAdds, memory }, peak) {
  const parts = {
    'multiply-adds': multiplyAdds / peak,
    'other instructions': issueCycles - multiplyAdds / peak,
    [memory.dramBytes > memory.l2Bytes / 4 ? 'memory' : 'L2']: cycles - issueCycles,
  };
  return Object.entries(parts).reduce((most, part) => (part[1] > most[1] ? part : most))[0];
}

/** The device, or its core with another second-level cache. */
function chosenDevice() {
  if (values.l2 === undefined) return values.device;
  if (!values.device.startsWith('sim:')) throw new StepFailed('--l2 changes the core of a sim:CORE device', 2);
  if (!(Number(values.l2) > 0)) throw new StepFailed('--l2 takes a number of MiB', 2);
  const { core } = loadCore(values.device.slice('sim:'.length));
  const l2 = { ...core.memory.l2, bytes: Number(values.l2) * 2 ** 20 };
  const file = join(root, `out/bench/core-l2-${values.l2}.json`);
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const name = `${core.name}, ${values.l2} MiB`;
  writeFileSync(file, JSON.stringify({ ...core, name, memory: { ...core.memory, l2 } }));
  return `sim:${file}`;
}

function report({ total, layers }) {
  const peak = total.multiplyAdds / (total.shareOfPeak * total.cycles);
  const least = (Number(values.least) / 100) * total.cycles;
  const row = (name, kernel, one) => [
    name,
    kernel,
    millions(one.multiplyAdds),
    millions(one.cycles),
    percent(one.shareOfPeak),
    millions(one.memory.l2Bytes),
    millions(one.memory.dramBytes),
    boundBy(one, peak),
  ];
  printTable(
    ['layer', 'kernel', 'multiply-adds', 'cycles', 'of peak', 'bytes from L2', 'from memory', 'bound by'],
    [
      ...layers.filter(({ cycles }) => cycles >= least).map((layer) => row(layer.name, layer.kernel, layer)),
      row('whole network', '', total),
    ],
  );
  console.log(`\nin millions; layers of less than ${values.least} % of the cycles are left out`);
}

try {
  const folder = `out/bench/${values.network}-roofline`;
  const { threads } = values;
  const device = chosenDevice();
  const more = ['prune', 'tuning'].flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));
  aitRvv(['compile', `zoo:${values.network}@${values.size}`, '--threads', threads, ...more, '-o', folder]);
  const runs = ['--threads', threads, '--warmup', '1', '--iterations', '1', '--json'];
  const argv = ['bench', folder, '--device', device, ...runs];
  const measured = JSON.parse(aitRvv(argv));
  if (measured.total.cycles === undefined) throw new StepFailed(`${values.device} reports no cycles; use sim:CORE`, 2);
  console.log();
  report(measured);
} catch (error) {
  reportFailure(error);
}
