import { parseArgs } from 'node:util';
import { aitRvv, reportFailure, StepFailed } from '../start/ait-rvv.mjs';
import { printTable } from '../start/table.mjs';

/**
 * Every layer of a network against the limits of the modelled core: its multiply-adds, its cycles, the share of the
 * multiply-add peak, the bytes that left the first-level cache, and what its cycles go to most.
 */
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet18' },
    size: { type: 'string', default: '224' },
    device: { type: 'string', default: 'sim:spacemit-x60' },
    prune: { type: 'string' },
    tuning: { type: 'string' },
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
  const more = [
    ...(values.prune ? ['--prune', values.prune] : []),
    ...(values.tuning ? ['--tuning', values.tuning] : []),
  ];
  aitRvv(['compile', `zoo:${values.network}@${values.size}`, ...more, '-o', folder]);
  const argv = ['bench', folder, '--device', values.device, '--warmup', '1', '--iterations', '1', '--json'];
  const measured = JSON.parse(aitRvv(argv));
  if (measured.total.cycles === undefined) throw new StepFailed(`${values.device} reports no cycles; use sim:CORE`, 2);
  console.log();
  report(measured);
} catch (error) {
  reportFailure(error);
}
