import {
  elementCount,
  isOp,
  outputOf,
  positionBlocks,
  relayout,
  typeAt,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, oneCall } from '@ait-rvv/codegen-core';
import { places, size, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';

interface RepitchMatch {
  readonly node: Node;
  readonly x: TensorType;
  readonly y: TensorType;
}

/** Cycles of an element that is loaded and stored by itself, as strided accesses do. */
const ELEMENT = 2;

/** Changes of layout to a zero-padded pitch and from one; no pass asks for them where a kernel can store results so. */
export const repitchKernel = defineKernel<RepitchMatch, Record<string, never>>({
  id: 'repitch',
  match(node, { graph }) {
    if (!isOp(node, relayout)) return { reason: 'takes relayout only' };
    const [x, y] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, outputOf(node))];
    if (x.layout.pitch === undefined && y.layout.pitch === undefined) return { reason: 'no rows lie on a pitch' };
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported` };
    const placed = [x, y].every(
      ({ shape, layout }) => layout.pitch !== undefined || positionBlocks(shape, layout) !== undefined,
    );
    return placed ? { node, x, y } : { reason: 'the channels of input and output must be runs of positions' };
  },
  candidates: () => [{}],
  cost: ({ x }) => elementCount(x.shape) * ELEMENT,
  emit({ node, x, y }) {
    const [xPhases, yPhases] = [x.layout.pitch?.phases ?? 0, y.layout.pitch?.phases ?? 0];
    const source = kernelSource({
      family: 'repitch',
      variant: `${xPhases}_to_${yPhases}`,
      epilogue: [],
      parameters: { x_phases: xPhases, y_phases: yPhases },
    });
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const args = [
      tensor('x', node.inputs[0]),
      ...places('x', x, node.inputs[0]),
      tensor('y', node.outputs[0]),
      ...places('y', y, node.outputs[0]),
      ...Object.entries({ batch, channels, height, width }).map(([name, value]) => size(name, value)),
    ];
    return oneCall('repitch', source, args);
  },
});
