import { parseArgs } from 'node:util';
import { aitRvv, reportFailure } from '../start/ait-rvv.mjs';
import { printTable } from '../start/table.mjs';

/** What Winograd convolutions save: one network without and with them, modelled cycles of every layer that uses them. */
const { values } = parseArgs({
  options: {
    network: { type: 'string', default: 'resnet18' },
    size: { type: 'string', default: '224' },
    device: { type: 'string', default: 'sim:spacemit-x60' },
  },
});

const millions = (count) => (count / 1e6).toFixed(2);

function measure(name, ...options) {
  const folder = `out/bench/${values.network}-${name}`;
  aitRvv(['compile', `zoo:${values.network}@${values.size}`, ...options, '-o', folder]);
  return JSON.parse(aitRvv(['bench', folder, '--device', values.device, '--json']));
}

try {
  const [off, on] = [measure('winograd-off'), measure('winograd-on', '--winograd')];
  const before = new Map(off.layers.map((layer) => [layer.name, layer]));
  const row = (name, kernel, was, is) => [
    name,
    kernel,
    millions(was.cycles),
    millions(is.cycles),
    `${(was.cycles / is.cycles).toFixed(2)}x`,
  ];
  const changed = on.layers.filter(({ name, kernel }) => before.has(name) && before.get(name).kernel !== kernel);
  printTable(
    ['layer', 'kernel', 'cycles without', 'cycles with', 'faster'],
    [
      ...changed.map((layer) => row(layer.name, layer.kernel, before.get(layer.name), layer)),
      row('whole network', '', off.total, on.total),
    ],
  );
  console.log('\nin millions; layers whose kernel is the same are left out');
} catch (error) {
  reportFailure(error);
}
