import { elementCount, isOp, scan, topk, typeAt, type DType, type Node, type Shape } from '@ait-rvv/ir';
import type { ScanAttrs, TopkAttrs } from '@ait-rvv/ir';
import { defineKernel, oneCall, type CField } from '@ait-rvv/codegen-core';
import { size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';

/** Lines along an axis of a dense tensor, lanes being lines: see shared/lines.njk. */
interface Lines {
  readonly rows: number;
  readonly lanes: number;
  /** Lines that run along the innermost axis lie apart. */
  readonly strided: boolean;
}

function linesAlong(shape: Shape, axis: number): Lines {
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  return inner === 1 ? { rows: 1, lanes: outer, strided: true } : { rows: outer, lanes: inner, strided: false };
}

/** How the lines of a dense tensor lie when they have that many elements. */
function lineStrides({ lanes, strided }: Lines, extent: number, prefix = ''): readonly CField[] {
  return [
    size(`${prefix}row_stride`, strided ? 0 : extent * lanes),
    size(`${prefix}lane_stride`, strided ? extent : 1),
    size(`${prefix}step`, strided ? 1 : lanes),
  ];
}

interface LinesMatch<A> {
  readonly node: Node<A>;
  readonly dtype: DType;
  readonly extent: number;
  readonly lines: Lines;
}

/** Running sums. */
export const scanKernel = defineKernel<LinesMatch<ScanAttrs>, Record<string, never>>({
  id: 'scan',
  match(node, { graph }) {
    if (!isOp(node, scan)) return { reason: 'takes scan only' };
    const { dtype, shape } = typeAt(graph, node.inputs[0] ?? -1);
    if (dtype === 'f16') return { reason: 'element type f16 is not supported at run time' };
    const { axis } = node.attrs;
    return { node, dtype, extent: shape[axis] ?? 1, lines: linesAlong(shape, axis) };
  },
  candidates: () => [{}],
  cost: ({ extent, lines }) => extent * lines.rows * lines.lanes,
  emit({ node, dtype, extent, lines }) {
    const { exclusive, reverse } = node.attrs;
    const { strided } = lines;
    const words = [exclusive ? 'exclusive' : '', reverse ? 'reverse' : '', strided ? 'strided' : ''];
    const variant = words.filter((word) => word !== '').join('_');
    const parameters = { exclusive, reverse, strided };
    const source = kernelSource({ dtype, family: 'scan', variant, epilogue: [], parameters });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('y', node.outputs[0]),
      size('extent', extent),
      size('rows', lines.rows),
      size('lanes', lines.lanes),
      ...lineStrides(lines, extent),
    ];
    return oneCall('scan', source, args, { inPlace: [0] });
  },
});

/** The best elements of lines. */
export const topkKernel = defineKernel<LinesMatch<TopkAttrs>, Record<string, never>>({
  id: 'topk',
  match(node, { graph }) {
    if (!isOp(node, topk)) return { reason: 'takes topk only' };
    const { dtype, shape } = typeAt(graph, node.inputs[0] ?? -1);
    if (dtype === 'f16') return { reason: 'element type f16 is not supported at run time' };
    const { axis } = node.attrs;
    return { node, dtype, extent: shape[axis] ?? 1, lines: linesAlong(shape, axis) };
  },
  candidates: () => [{}],
  cost: ({ extent, lines, node }) => extent * lines.rows * lines.lanes * node.attrs.k,
  emit({ node, dtype, extent, lines }) {
    const { mode, last, k } = node.attrs;
    const { strided } = lines;
    const variant = [mode, last ? 'last' : '', strided ? 'strided' : ''].filter((word) => word !== '').join('_');
    const parameters = { mode, last, strided };
    const source = kernelSource({ dtype, family: 'topk', variant, epilogue: [], parameters });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('values', node.outputs[0]),
      tensor('indices', node.outputs[1]),
      size('extent', extent),
      size('k', k),
      size('rows', lines.rows),
      size('lanes', lines.lanes),
      ...lineStrides(lines, extent),
      ...lineStrides(lines, k, 'y_'),
    ];
    return oneCall('topk', source, args, { parameters: { mode } });
  },
});
