import type { ValueId } from '../../core/graph.js';
import type { Shape } from '../../core/shape.js';
import { tensorI64 } from '../../core/tensor.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { reshape, transpose } from '../../ops/regroup.js';
import { gather } from '../../ops/select.js';
import type { Convert, NodeContext } from '../node-context.js';

/** Repeats along every axis. */
export const convertTile: Convert = (node) => {
  const [x, shape] = [node.input(0), node.shape(0)];
  const repeats = node.wholes(1) ?? [];
  if (repeats.length !== shape.length || repeats.some((count) => !(count >= 0)))
    fail('AIT1002', `repeats [${repeats.join(',')}] do not fit [${shape.join(',')}].`, { where: node.where });
  return tiled(node, x, shape, repeats);
};

/** Axis by axis, so that no tensor in between has more axes than x. */
function tiled(node: NodeContext, x: ValueId, shape: Shape, repeats: readonly number[]): readonly ValueId[] {
  let result = x;
  const current = [...shape];
  repeats.forEach((count, axis) => {
    if (count === 1) return;
    const extent = current[axis] ?? 1;
    const index = Array.from({ length: extent * count }, (_, i) => i % extent);
    result = node.emit(
      gather,
      [result, node.value(tensorI64([index.length], index), `tile${axis}.indices`)],
      { axis },
      `tile${axis}`,
    );
    current[axis] = extent * count;
  });
  return node.result(reshape, [result], { shape: current });
}

/** Channels become blocks of places: DCR takes the block's place from the outer channels, CRD from the inner ones. */
export const convertDepthToSpace: Convert = (node) => {
  const [batch = 1, channels = 1, height = 1, width = 1] = picture(node);
  const b = blockSize(node, channels, true);
  const mode = node.attributes.string('mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD')
    fail('AIT1002', `mode ${quoteName(mode)} does not exist.`, { where: node.where });
  const depth = channels / (b * b);
  const cut = mode === 'DCR' ? [batch, b, b, depth, height, width] : [batch, depth, b, b, height, width];
  const perm = mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return regrouped(node, cut, perm, [batch, depth, height * b, width * b]);
};

export const convertSpaceToDepth: Convert = (node) => {
  const [batch = 1, channels = 1, height = 1, width = 1] = picture(node);
  const b = blockSize(node, height, false);
  if (width % b !== 0) fail('AIT1002', `blocks of ${b} do not fit width ${width}.`, { where: node.where });
  const cut = [batch, channels, height / b, b, width / b, b];
  return regrouped(node, cut, [0, 3, 5, 1, 2, 4], [batch, channels * b * b, height / b, width / b]);
};

function regrouped(node: NodeContext, cut: Shape, perm: readonly number[], shape: Shape): readonly ValueId[] {
  const blocks = node.emit(reshape, [node.input(0)], { shape: cut }, 'blocks');
  return node.result(reshape, [node.emit(transpose, [blocks], { perm }, 'turned')], { shape });
}

function picture(node: NodeContext): Shape {
  const shape = node.shape(0);
  if (shape.length !== 4) fail('AIT1002', `rank ${shape.length} is no picture.`, { where: node.where });
  return shape;
}

function blockSize(node: NodeContext, extent: number, square: boolean): number {
  const b = node.attributes.int('blocksize', 0);
  if (!(b > 0) || extent % (square ? b * b : b) !== 0)
    fail('AIT1002', `blocks of ${b} do not fit ${extent}.`, { where: node.where });
  return b;
}
