import {
  concat,
  elementCount,
  elementwise,
  inputOf,
  isOp,
  outputOf,
  positionBlocks,
  positionCount,
  relayout,
  sameLayout,
  sameShape,
  typeAt,
  type Graph,
  type Node,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { concatOffsets, defineKernel, type KernelCall } from '@ait-rvv/codegen-core';
import { bindEpilogue, channelWalk, type BoundEpilogue } from '../epilogue.js';
import { positions, size, tensor } from '../fields.js';
import { temporaryGroups, staggerLag } from '../limits.js';
import { kernelSource } from '../sources.js';

/** One call: the channels of x through the steps into channels of y from `first` on. */
interface Pass {
  readonly x: ValueId;
  readonly y: ValueId;
  readonly first: number;
  /** Byte offset of x in y when placement can make the pass unnecessary. */
  readonly placed?: number;
}

interface ChannelwiseMatch {
  readonly graph: Graph;
  readonly node: Node;
  readonly passes: readonly Pass[];
  readonly epilogue: BoundEpilogue;
}

const NO_STEPS: BoundEpilogue = {
  steps: [],
  data: { kind: 'array', type: 'struct ait_f32_step', items: [] },
  laneInputs: [],
};

/** What happens to tensors in position blocks element by element: chains of steps, changes of layout, joins. */
export const channelwiseKernel = defineKernel<ChannelwiseMatch, Readonly<Record<string, number>>>({
  id: 'channelwise',
  match(node, { graph }) {
    if (!isOp(node, elementwise) && !isOp(node, relayout) && !isOp(node, concat))
      return { reason: 'takes elementwise, relayout and concat only' };
    const types = [...node.inputs.slice(0, isOp(node, concat) ? undefined : 1), ...node.outputs].map((id) =>
      typeAt(graph, id),
    );
    if (types.some(({ dtype }) => dtype !== 'f32')) return { reason: 'only f32 is computed at run time' };
    if (!types.some(({ layout }) => layout.block !== undefined)) return { reason: 'nothing lies in position blocks' };
    if (types.some(({ shape, layout }) => positionBlocks(shape, layout) === undefined))
      return { reason: 'the channels of a tensor are no runs of positions' };
    if (isOp(node, concat)) return matchConcat(graph, node, node.attrs.axis);
    const passes = [{ x: inputOf(node), y: outputOf(node), first: 0 }];
    if (isOp(node, relayout)) return { graph, node, passes, epilogue: NO_STEPS };
    const [x, y] = types as [TensorType, TensorType];
    if (!sameShape(x.shape, y.shape)) return { reason: 'the first operand is broadcast' };
    const epilogue = bindEpilogue(graph, node, channelWalk(y.shape.length));
    return typeof epilogue === 'string' ? { reason: epilogue } : { graph, node, passes, epilogue };
  },
  candidates: ({ epilogue }) => [{ l: temporaryGroups(epilogue.steps.map(({ kind }) => kind)) > 1 ? 2 : 4 }],
  cost: ({ graph, node, epilogue }, _, { tuneVlen }) => {
    const elements = elementCount(typeAt(graph, outputOf(node)).shape);
    return (elements / (tuneVlen / 32)) * (5 + epilogue.steps.length);
  },
  emit({ graph, node, passes, epilogue }, parameters) {
    const l = parameters['l'] ?? 4;
    const source = kernelSource({
      family: 'channelwise',
      variant: `${l}v`,
      epilogue: epilogue.steps,
      parameters: { lag: staggerLag(epilogue.steps, 32 / l - 4), l },
    });
    const calls = passes.map(({ x, y, first, placed }): KernelCall => {
      const [from, to] = [typeAt(graph, x), typeAt(graph, y)];
      const channel = positionBlocks(to.shape, to.layout)?.channel ?? 0;
      const call = {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          tensor('x', x),
          positions('x_at', from, x),
          tensor('y', y, first * channel),
          positions('y_at', to, y),
          size('channels', from.shape[1] ?? 1),
          size('positions', positionCount(from.shape)),
          { name: 'steps', arg: epilogue.data },
        ],
      };
      return placed === undefined ? call : { ...call, copies: { from: x, to: y, byteOffset: placed } };
    });
    const weights = { scratch: [], weights: [], inPlace: overwritable(graph, node, epilogue) };
    return { kernel: 'channelwise', parameters, calls, sources: [source], ...weights };
  },
});

function matchConcat(graph: Graph, node: Node, axis: number): ChannelwiseMatch | { readonly reason: string } {
  if (axis !== 1) return { reason: 'joins channels only' };
  const offsets = concatOffsets(graph, node);
  let first = 0;
  const passes = node.inputs.map((x, index): Pass => {
    const placed = offsets?.[index];
    const pass = { x, y: outputOf(node), first };
    first += typeAt(graph, x).shape[1] ?? 0;
    return placed === undefined ? pass : { ...pass, placed };
  });
  return { graph, node, passes, epilogue: NO_STEPS };
}

/** Inputs the result may lie on: of its shape and layout, so that each element is read where it is written. */
function overwritable(graph: Graph, node: Node, { steps }: BoundEpilogue): readonly number[] {
  if (!isOp(node, elementwise)) return [];
  const result = typeAt(graph, outputOf(node));
  const lanes = node.attrs.epilogue.flatMap((step, index) =>
    steps[index]?.operand === 'lane' && 'operand' in step ? [step.operand] : [],
  );
  return [0, ...lanes].filter((input) => {
    const { shape, layout } = typeAt(graph, inputOf(node, input));
    return sameShape(shape, result.shape) && sameLayout(layout, result.layout);
  });
}
