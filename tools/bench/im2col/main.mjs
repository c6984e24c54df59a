import { exportOnnx } from '@ait-rvv/ir/onnx';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportFailure, root } from '../../start/ait-rvv.mjs';
import { printTable } from '../../start/table.mjs';
import { benchProgram, compileOnce } from '../programs.mjs';
import { Recorded } from '../recorded.mjs';
import { blockedGraph, fusedGraph, separateGraph } from './graphs.mjs';
import { LAYERS } from './layers.mjs';
import { makePages } from '../pages.mjs';

/**
 * Packing windows inside the tasks that consume them, against writing the matrix of all windows to memory first:
 * cycles, and bytes that leave the first-level cache. Of the second pass the better one of two counts: over the matrix
 * as the first pass leaves it, and over one in blocks of positions, for whose writing nothing more is charged.
 */
const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'sim:spacemit-x60' },
    layer: { type: 'string', multiple: true, default: LAYERS.map(({ layer }) => layer) },
  },
});

const figures = ({ cycles, memory: { l2Bytes, dramBytes } }) => ({ cycles, l2Bytes, dramBytes });
const add = (a, b) => Object.fromEntries(Object.keys(a).map((name) => [name, a[name] + b[name]]));

/** The layers of a program, by name. */
function layersOf(graph, name) {
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const model = `out/bench/${name}.onnx`;
  writeFileSync(join(root, model), exportOnnx(graph));
  const { layers } = benchProgram(compileOnce(model, name, []), values.device);
  return layers;
}

const only = (layers, name) => figures(layers.find((one) => one.name === name));

function measure(layer) {
  const name = (form) => `im2col-${layer.layer}-${form}`;
  const separate = layersOf(separateGraph(layer), name('separate'));
  const products = [only(separate, 'product'), only(layersOf(blockedGraph(layer), name('blocked')), 'product')];
  return {
    ...layer,
    device: values.device,
    fused: only(layersOf(fusedGraph(layer), name('fused')), 'product'),
    im2col: separate
      .filter((one) => one.name.startsWith('im2col.'))
      .map(figures)
      .reduce(add),
    product: products.reduce((best, one) => (one.cycles < best.cycles ? one : best)),
  };
}

try {
  const recorded = new Recorded('im2col', ['layer', 'device']);
  const rows = [];
  for (const layer of LAYERS.filter((one) => values.layer.includes(one.layer))) {
    rows.push(measure(layer));
    await recorded.put(rows.at(-1));
  }
  console.log();
  const millions = (count) => (count / 1e6).toFixed(2);
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
  makePages();
} catch (error) {
  reportFailure(error);
}
