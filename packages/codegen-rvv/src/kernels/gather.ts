import { elementCount, gather, isOp, scatter, typeAt, valueAt, type DType, type Node } from '@ait-rvv/ir';
import type { GatherAttrs, ScatterAttrs } from '@ait-rvv/ir';
import { defineKernel, oneCall } from '@ait-rvv/codegen-core';
import { size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';
import { TEMPLATE_DTYPES } from '../template-dtypes.js';

interface GatherMatch {
  readonly node: Node<GatherAttrs>;
  readonly dtype: DType;
  readonly index: DType;
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
  readonly count: number;
}

/** Picks by computed indices; known ones make a table (index_copy). */
export const gatherKernel = defineKernel<GatherMatch, Record<string, never>>({
  id: 'gather',
  match(node, { graph }) {
    if (!isOp(node, gather)) return { reason: 'takes gather only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    const indices = valueAt(graph, node.inputs[1] ?? -1);
    const { dtype: index, shape } = indices.type;
    if (indices.constant !== undefined) return { reason: 'the indices are constant' };
    if (index !== 'i64' && index !== 'i32') return { reason: `indices of ${index} are not supported` };
    const { axis } = node.attrs;
    const extent = x.shape[axis] ?? 1;
    const count = elementCount(shape);
    if (extent === 0 && count > 0) return { reason: 'there is nothing to pick from' };
    const outer = elementCount(x.shape.slice(0, axis));
    return { node, dtype: x.dtype, index, outer, extent, inner: elementCount(x.shape.slice(axis + 1)), count };
  },
  candidates: () => [{}],
  cost: ({ outer, count, inner }) => 3 * outer * count * inner,
  emit({ node, dtype, index, outer, extent, inner, count }) {
    const runs = inner !== 1;
    const source = kernelSource({
      dtype,
      family: 'gather',
      variant: `${index}${runs ? '_runs' : ''}`,
      argsVariant: index,
      epilogue: [],
      parameters: { runs, index: TEMPLATE_DTYPES[index] },
    });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('y', node.outputs[0]),
      tensor('indices', node.inputs[1]),
      size('outer', outer),
      size('extent', extent),
      size('inner', inner),
      size('count', count),
    ];
    return oneCall('gather', source, args);
  },
});

interface ScatterMatch {
  readonly node: Node<ScatterAttrs>;
  readonly dtype: DType;
  readonly index: DType;
  readonly rows: number;
  readonly width: number;
  readonly count: number;
}

/** Rows written by indices, known or computed. */
export const scatterKernel = defineKernel<ScatterMatch, Record<string, never>>({
  id: 'scatter',
  match(node, { graph }) {
    if (!isOp(node, scatter)) return { reason: 'takes scatter only' };
    const [x, indices] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, node.inputs[1] ?? -1)];
    if (x.dtype === 'f16' && node.attrs.mode !== 'replace')
      return { reason: 'element type f16 is moved, not computed with' };
    const [rows = 0, ...rest] = x.shape;
    const count = indices.shape[0] ?? 0;
    return { node, dtype: x.dtype, index: indices.dtype, rows, width: elementCount(rest), count };
  },
  candidates: () => [{}],
  cost: ({ rows, width, count }) => (rows + 3 * count) * width,
  emit({ node, dtype, index, rows, width, count }) {
    const { mode } = node.attrs;
    const source = kernelSource({
      dtype,
      family: 'scatter',
      variant: `${index}_${mode}`,
      argsVariant: index,
      epilogue: [],
      parameters: { mode, index: TEMPLATE_DTYPES[index] },
    });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('y', node.outputs[0]),
      tensor('indices', node.inputs[1]),
      tensor('updates', node.inputs[2]),
      size('rows', rows),
      size('width', width),
      size('count', count),
    ];
    return oneCall('scatter', source, args, { parameters: { mode }, inPlace: [0] });
  },
});
