import { parseArgs } from 'node:util';
import { aitRvv, reportFailure } from '../start/ait-rvv.mjs';
import { printTable } from '../start/table.mjs';

/**
 * What pruning saves: one network dense and pruned by our own compiler, executed instructions and modelled cycles of the
 * same run. No layer may cost more of either pruned than dense, and ResNet-50 must need so many times fewer instructions.
 */
const LEAST = { 0.5: 1.7, 0.75: 2.9 };

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet50' },
    size: { type: 'string', default: '224' },
    device: { type: 'string', default: 'sim:spacemit-x60' },
    ratio: { type: 'string', multiple: true, default: Object.keys(LEAST) },
  },
});

const millions = (count) => (count === undefined ? '' : (count / 1e6).toFixed(1));
const times = (dense, own) => (dense === undefined || own === undefined ? '' : `${(dense / own).toFixed(2)}x`);

function measure(ratio) {
  const folder = `out/bench/${values.network}-sparse-${ratio}`;
  const pruning = ratio === '0' ? [] : ['--prune', ratio];
  aitRvv(['compile', `zoo:${values.network}@${values.size}`, ...pruning, '-o', folder]);
  return JSON.parse(
    aitRvv(['bench', folder, '--device', values.device, '--warmup', '1', '--iterations', '1', '--json']),
  );
}

/** A figure by layer; what was split off a layer counts for it. */
function layersOf({ layers }, figure) {
  const sums = new Map();
  for (const { name, [figure]: count } of layers) {
    const layer = name.replace(/\.epilogue$/, '');
    sums.set(layer, (sums.get(layer) ?? 0) + count);
  }
  return sums;
}

/** Pruned layers whose figure is larger than that of the dense layer. */
function dearer(dense, pruned, figure) {
  const [before, work, less] = [
    layersOf(dense, figure),
    layersOf(dense, 'multiplyAdds'),
    layersOf(pruned, 'multiplyAdds'),
  ];
  return [...layersOf(pruned, figure)]
    .filter(([name, count]) => less.get(name) < work.get(name) && count > before.get(name))
    .map(([name]) => name);
}

try {
  const dense = measure('0');
  const runs = values.ratio.map((ratio) => ({ ratio, report: measure(ratio) }));
  console.log();
  printTable(
    [values.network, 'multiply-adds', 'instructions', 'fewer', 'cycles', 'fewer'],
    [{ ratio: 'dense', report: dense }, ...runs].map(({ ratio, report: { total } }) => [
      ratio === 'dense' ? ratio : `pruned ${ratio}`,
      millions(total.multiplyAdds),
      millions(total.instructions),
      times(dense.total.instructions, total.instructions),
      millions(total.cycles),
      times(dense.total.cycles, total.cycles),
    ]),
  );
  console.log('\nin millions');
  const faults = runs.flatMap(({ ratio, report }) => [
    ...['cycles', 'instructions'].flatMap((figure) =>
      dearer(dense, report, figure).map((name) => `${name} needs more ${figure} pruned by ${ratio} than dense`),
    ),
    ...(values.network === 'resnet50' && dense.total.instructions < (LEAST[ratio] ?? 0) * report.total.instructions
      ? [`pruned by ${ratio} it does not need ${LEAST[ratio]} times fewer instructions`]
      : []),
  ]);
  for (const fault of faults) console.error(`error: ${fault}`);
  if (faults.length === 0) console.log('no layer needs more cycles or instructions pruned than dense');
  else process.exitCode = 1;
} catch (error) {
  reportFailure(error);
}
