import { isOp, pool2d, positionBlocks, typeAt, type Node, type Pool2dAttrs, type TensorType } from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import { blockParameters, positions, size, tensor } from '../fields.js';
import { resultFields } from '../scatter.js';
import { kernelSource } from '../sources.js';
import { isUnrolled, rowTasks, scratchElements, windowParameter, type Windows, type WindowTask } from '../windows.js';

interface PoolMatch {
  readonly node: Node<Pool2dAttrs>;
  readonly x: TensorType;
  readonly y: TensorType;
}

/** Register groups of a row; larger ones waste lanes at the end of short rows. */
const LMUL = 2;

function windowsOf({ node, x, y }: PoolMatch): Windows {
  const { kernel, strides, dilations } = node.attrs;
  const [, channels = 1] = x.shape;
  const [, , height = 1, width = 1] = y.shape;
  return { channels, multiplier: 1, out: [height, width], kernel, strides, dilations };
}

/** Max and average pooling of channel-major pictures. */
export const poolKernel = defineKernel<PoolMatch, WindowTask>({
  id: 'pool',
  match(node, { graph }) {
    if (!isOp(node, pool2d)) return { reason: 'takes pool2d only' };
    const [x, y] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, node.outputs[0] ?? -1)];
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported` };
    const inRuns = ({ shape, layout }: TensorType): boolean => positionBlocks(shape, layout) !== undefined;
    const placed = inRuns(x) && (inRuns(y) || y.layout.pitch?.phases === 1);
    return placed ? { node, x, y } : { reason: 'the channels of input and output must be runs of positions' };
  },
  candidates: (match) => rowTasks(windowsOf(match)),
  cost: ({ node, y }) => {
    const [kh, kw] = node.attrs.kernel;
    return y.shape.reduce((product, extent) => product * extent, 1) * kh * kw;
  },
  emit(match, parameters) {
    const { node, x, y } = match;
    const { mode, kernel, strides, dilations, pads, countIncludePad } = node.attrs;
    const windows = windowsOf(match);
    const { window, name } = windowParameter(windows, isUnrolled(windows));
    const { blocks, name: form } = blockParameters(x, y);
    const pitched = y.layout.pitch !== undefined;
    const source = kernelSource({
      family: 'pool',
      variant: `${mode}_${name}${form}${pitched ? 'to_pitch_' : ''}${LMUL}v`,
      epilogue: [],
      parameters: { lag: 2, mode, l: LMUL, window, pitched, ...blocks },
      scratchParameters: 1,
    });
    const [n = 1, c = 1, height = 1, width = 1] = x.shape;
    const [, , outHeight = 1, outWidth = 1] = y.shape;
    return {
      kernel: 'pool',
      parameters: { mode, ...parameters },
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            tensor('x', node.inputs[0]),
            positions('x_at', x, node.inputs[0]),
            ...resultFields(y, node.outputs[0]),
            size('channels', c),
            size('batch', n),
            size('height', height),
            size('width', width),
            size('out_height', outHeight),
            size('out_width', outWidth),
            size('kernel_h', kernel[0]),
            size('kernel_w', kernel[1]),
            size('stride_h', strides[0]),
            size('stride_w', strides[1]),
            size('dilation_h', dilations[0]),
            size('dilation_w', dilations[1]),
            size('pad_top', pads[0]),
            size('pad_left', pads[1]),
            size('pad_bottom', pads[2]),
            size('pad_right', pads[3]),
            size('include_pad', Number(countIncludePad)),
            size('task_channels', parameters.taskChannels),
            size('task_rows', parameters.taskRows),
          ],
        },
      ],
      sources: [source],
      // The lines of a task, and one divisor per output column.
      scratch: [{ symbol: source.symbol, args: [scratchElements(windows, parameters) + outWidth] }],
      weights: [],
      inPlace: [],
    };
  },
});
