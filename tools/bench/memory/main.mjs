import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf } from '../../docs/networks.mjs';
import { reportFailure, root } from '../../start/ait-rvv.mjs';
import { printTable } from '../../start/table.mjs';
import { compileOnce, variantOf, zooReference } from '../programs.mjs';
import { Recorded } from '../recorded.mjs';
import { heldMemory } from './held.mjs';
import { makePages } from '../pages.mjs';

/**
 * What an inference takes beside weights, inputs and outputs: the arena of activations and the kernels' scratch,
 * against the largest set of values that are alive at once, which no program can go below. ResNet-50 must keep within
 * a quarter of it, on one thread, at every vector length.
 */
const MOST = { network: 'resnet50', times: 1.25 };
const VLENS = [128, 256, 512, 1024];

const { values } = parseArgs({
  options: {
    network: { type: 'string', multiple: true, default: ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'] },
    variant: { type: 'string', multiple: true, default: ['dense', 'pruned-50'] },
    size: { type: 'string', default: '224' },
  },
});

const size = Number(values.size);
const times = ({ arena, scratch, live }) => (arena + scratch) / live;

async function measure(network, id) {
  const { title, compile } = variantOf(id);
  const args = ['--emit', 'c', '--name', 'net', ...compile];
  const folder = compileOnce(zooReference(network, size), `${network}-${id}-memory`, args);
  return { network, variant: id, title, size, held: await heldMemory(join(root, folder), VLENS) };
}

try {
  const recorded = new Recorded('memory', ['network', 'variant', 'size']);
  const rows = [];
  for (const network of values.network) {
    for (const id of values.variant) {
      rows.push(await measure(network, id));
      await recorded.put(rows.at(-1));
    }
  }
  console.log();
  const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
  printTable(
    ['network', 'variant', 'VLEN', 'largest live set', 'arena', 'scratch', 'times the live set'],
    rows.flatMap(({ network, title, held }) =>
      held.map((one) => [
        ...[nameOf(network), title, one.vlen],
        ...[one.live, one.arena, one.scratch].map(megabytes),
        times(one).toFixed(3),
      ]),
    ),
  );
  console.log('\nin MB');
  for (const { network, title, held } of rows.filter((row) => row.network === MOST.network)) {
    for (const one of held.filter((at) => times(at) > MOST.times)) {
      console.error(`error: ${nameOf(network)}, ${title}, VLEN ${one.vlen}: ${times(one).toFixed(3)} > ${MOST.times}`);
      process.exitCode = 1;
    }
  }
  makePages();
} catch (error) {
  reportFailure(error);
}
