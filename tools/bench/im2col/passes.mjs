import { exportOnnx } from '@ait-rvv/ir/onnx';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../start/ait-rvv.mjs';
import { benchProgram, compileOnce } from '../programs.mjs';
import { blockedGraph, fusedGraph, separateGraph } from './graphs.mjs';

const figures = ({ cycles, memory: { l2Bytes, dramBytes } }) => ({ cycles, l2Bytes, dramBytes });
export const add = (a, b) => Object.fromEntries(Object.keys(a).map((name) => [name, a[name] + b[name]]));

/** The layers of a program, by name. */
function layersOf(graph, name, device) {
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const model = `out/bench/${name}.onnx`;
  writeFileSync(join(root, model), exportOnnx(graph));
  const { layers } = benchProgram(compileOnce(model, name, []), device);
  return layers;
}

const only = (layers, name) => figures(layers.find((one) => one.name === name));

/**
 * Packing windows inside the tasks that consume them, against writing the matrix of all windows to memory first:
 * cycles, and bytes that leave the first-level cache. Of the second pass the better one of two counts: over the matrix
 * as the first pass leaves it, and over one in blocks of positions, for whose writing nothing more is charged.
 */
export function measurePasses(layer, device) {
  const name = (form) => `im2col-${layer.layer}-${form}`;
  const separate = layersOf(separateGraph(layer), name('separate'), device);
  const blocked = layersOf(blockedGraph(layer), name('blocked'), device);
  const products = [separate, blocked].map((layers) => only(layers, 'product'));
  return {
    ...layer,
    device,
    fused: only(layersOf(fusedGraph(layer), name('fused'), device), 'product'),
    im2col: separate
      .filter((one) => one.name.startsWith('im2col.'))
      .map(figures)
      .reduce(add),
    product: products.reduce((best, one) => (one.cycles < best.cycles ? one : best)),
  };
}
