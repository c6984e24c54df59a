import { conv2d, isOp, optimize } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';

/** Names of a model's convolutions: ours and XNNPACK's programs report their layers by them. */
export function convolutionNames(model) {
  const { nodes } = optimize(buildZooModel(parseZooReference(model)));
  return nodes.filter((node) => isOp(node, conv2d)).map(({ name }) => name);
}

/** Cycles of the layers of these names, all together; undefined where the device does not tell layers apart. */
export function cyclesOf(names, layers) {
  if (layers === undefined) return undefined;
  const missing = names.find((name) => layers[name] === undefined);
  if (missing !== undefined) throw new Error(`nothing was measured of ${missing}`);
  return names.reduce((sum, name) => sum + layers[name], 0);
}
