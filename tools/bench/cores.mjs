import { parseArgs } from 'node:util';
import { reportFailure, StepFailed } from '../start/ait-rvv.mjs';
import { printTable } from '../start/table.mjs';
import { CORES } from '../docs/benchmarks/cores.mjs';
import { nameOf } from '../docs/networks.mjs';
import { benchProgram, compileOnce, variantOf, zooReference } from './programs.mjs';
import { Recorded } from './recorded.mjs';
import { makePages } from './pages.mjs';

/**
 * Our programs on cores of other vector lengths than the one they are mostly tuned for, each compiled for the core's
 * length, or with --march for another one, as a program that travels has it: cycles and the share of the core's multiply-add
 * peak.
 */
const DEEPEST = { resnet18: 'pruned-75', resnet50: 'pruned-75' };
const NETWORKS = ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'];

const { values } = parseArgs({
  options: {
    core: { type: 'string', multiple: true, default: ['c908', 'x280'] },
    network: { type: 'string', multiple: true, default: NETWORKS },
    variant: { type: 'string', multiple: true },
    march: { type: 'string' },
    size: { type: 'string', default: '224' },
  },
});

function measure(core, network, id) {
  if (CORES[core] === undefined) throw new StepFailed(`cores are ${Object.keys(CORES).join(', ')}`, 2);
  const { march = CORES[core].march } = values;
  const { title, compile } = variantOf(id);
  const args = ['--march', march, ...compile];
  const folder = compileOnce(zooReference(network, values.size), `${network}-${id}-${march}`, args);
  const { model, total } = benchProgram(folder, `sim:${core}`);
  const { multiplyAdds, cycles, instructions, shareOfPeak } = total;
  const figures = { multiplyAdds, cycles, instructions, shareOfPeak };
  return { core, network, variant: id, title, size: Number(values.size), march, model, ...figures };
}

try {
  const recorded = new Recorded('cores', ['core', 'network', 'variant', 'size', 'march']);
  const measured = [];
  for (const network of values.network) {
    const variants = values.variant ?? ['dense', 'pruned-50', ...(DEEPEST[network] ? [DEEPEST[network]] : [])];
    for (const core of values.core) {
      for (const id of variants) {
        const row = measure(core, network, id);
        measured.push(row);
        await recorded.put(row);
      }
    }
  }
  console.log();
  printTable(
    ['core', 'network', 'variant', 'millions of cycles', 'of peak'],
    measured.map(({ core, network, title, cycles, shareOfPeak }) => [
      core,
      nameOf(network),
      title,
      (cycles / 1e6).toFixed(1),
      `${(100 * shareOfPeak).toFixed(1)} %`,
    ]),
  );
  makePages();
} catch (error) {
  reportFailure(error);
}
