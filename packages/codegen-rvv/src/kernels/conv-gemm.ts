import { positionBlocks } from '@ait-rvv/ir';
import { defineKernel, type Kernel } from '@ait-rvv/codegen-core';
import { loneLineCycles } from '../cost.js';
import { positions, size, tensor } from '../fields.js';
import { evenRows } from '../packing.js';
import { resultFields, wayFromRuns, wayName } from '../scatter.js';
import { matchConv, pointwiseObstacle, type ConvMatch } from './conv.js';
import { leaveOut, type PackedMatch } from './conv-kept.js';
import { im2colCycles, matchPacked, packedInstance, type MatchPacked } from './conv-packed.js';
import { dims, nearProducts, productCycles, productInstance, products, workOf, type Product } from './product.js';

/** 1x1, stride 1, no padding: channels of the input are rows of the operand already, nothing is packed. */
export const convDirect1x1 = defineKernel<ConvMatch, Product>({
  id: 'gemm',
  match(node, context) {
    const match = matchConv(node, context, 'anywhere');
    if ('reason' in match) return match;
    const obstacle = pointwiseObstacle(match.node.attrs, match.weightShape);
    return obstacle === undefined ? match : { reason: obstacle };
  },
  candidates: (match, target) => products(match, target, { inStrips: [match.x, match.y] }),
  variations: nearProducts,
  cost(match, tile, target) {
    const { groups, rows, maskRows } = dims(match);
    const masks = maskRows === 0 ? 1 : Math.ceil(rows / maskRows);
    return productCycles(match, tile, target) + groups * loneLineCycles(workOf(match, tile), masks);
  },
  emit(match, parameters) {
    const { node, x, y, epilogue } = match;
    const way = wayFromRuns(y);
    const [, , height = 1, width = 1] = y.shape;
    return productInstance(match, {
      family: 'gemm',
      kernel: 'gemm',
      parameters,
      views: [evenRows(positionBlocks(x.shape, x.layout)?.channel ?? 0)],
      fields: () => [
        tensor('x', node.inputs[0]),
        positions('x_at', x, node.inputs[0]),
        ...resultFields(y, node.outputs[0]),
        ...(way === 'runs' ? [] : [size('out_height', height), size('out_width', width)]),
        { name: 'steps', arg: epilogue.data },
      ],
      scatters: way !== 'runs',
      form: { parameters: { y_way: way }, name: wayName(way) },
    });
  },
});

/** Convolutions whose strips of im2col columns are packed by the task that multiplies them. */
function packing(kernel: 'conv_gemm' | 'conv_gemm_kept', match: MatchPacked): Kernel {
  return defineKernel<PackedMatch, Product>({
    id: kernel,
    match,
    candidates: (match, target) => {
      const { share = 1 } = match.kept?.columns ?? {};
      return products(match, target, { panelOf: (strip) => ({ columnBytes: strip * 4 * share, unit: 1 }) });
    },
    variations: nearProducts,
    cost(match, parameters, target) {
      const { groups, positions: count } = dims(match);
      const strips = groups * Math.ceil(count / parameters.strip);
      return productCycles(match, parameters, target) + strips * im2colCycles(match, parameters);
    },
    emit: (match, parameters) => packedInstance(match, parameters, { kernel }),
  });
}

/** Any convolution. */
export const convGemm = packing('conv_gemm', matchPacked);

/** Pruned ones: columns that no tile keeps are not packed. */
export const convGemmKept = packing('conv_gemm_kept', (node, context) =>
  leaveOut(matchPacked(node, context), 'columns'),
);
