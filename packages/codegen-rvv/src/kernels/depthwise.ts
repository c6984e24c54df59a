import { isDepthwise, type TensorData } from '@ait-rvv/ir';
import { defineKernel, type Mismatch } from '@ait-rvv/codegen-core';
import { blockParameters, size } from '../fields.js';
import { staggerLag } from '../limits.js';
import { kernelSource } from '../sources.js';
import { sweepElements, sweepTask, type SweepTask } from '../sweeps.js';
import { AHEAD, movedCycles, windowCycles, windowTiles, type WindowTile } from '../window-tiles.js';
import { windowParameter, type Windows } from '../windows.js';
import { convFields, matchConv, type ConvMatch } from './conv.js';

interface DepthwiseMatch extends ConvMatch {
  /** [CO][1][KH][KW], which is the kernel's own order. */
  readonly data: TensorData;
}

type DepthwiseTile = WindowTile & SweepTask;

function windowsOf({ node, x, y, weightShape }: DepthwiseMatch): Windows {
  const [, channels = 1] = x.shape;
  const [, , height = 1, width = 1] = y.shape;
  return {
    channels,
    multiplier: (weightShape[0] ?? 1) / channels,
    out: [height, width],
    kernel: [weightShape[2] ?? 1, weightShape[3] ?? 1],
    strides: node.attrs.strides,
    dilations: node.attrs.dilations,
  };
}

/** Depthwise convolution: any window, stride, dilation and multiplier. */
export const depthwiseKernel = defineKernel<DepthwiseMatch, DepthwiseTile>({
  id: 'depthwise',
  match(node, context): DepthwiseMatch | Mismatch {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    if (match.weight.kind !== 'dense') return { reason: 'a depthwise weight is not pruned by columns' };
    return isDepthwise(match.x, match.node.attrs)
      ? { ...match, data: match.weight.tensor.data }
      : { reason: 'the convolution is not depthwise' };
  },
  candidates(match) {
    const windows = windowsOf(match);
    const [batch = 1] = match.x.shape;
    return windowTiles(windows).map((tile) => ({ ...tile, ...sweepTask(windows, Math.max(1, tile.rows), batch) }));
  },
  cost(match, parameters, target) {
    const windows = windowsOf(match);
    const [batch = 1, channels = 1, lines = 1, width = 1] = match.x.shape;
    const [count] = windows.out;
    const moved = movedCycles(windows, parameters, parameters, { lines, width, count });
    return batch * channels * (moved.in + moved.out + windowCycles(windows, parameters, count, target));
  },
  emit(match, parameters) {
    const { node, data, x, y, epilogue } = match;
    const { rows, l, taskChannels, taskRows } = parameters;
    const windows = windowsOf(match);
    const { window, name } = windowParameter(windows, rows > 0);
    const { blocks, name: form } = blockParameters(x, y);
    const source = kernelSource({
      family: 'depthwise',
      variant: `${name}${form}${rows > 0 ? `${rows}x` : ''}${l}v`,
      epilogue: epilogue.steps,
      computed: true,
      parameters: { lag: staggerLag(epilogue.steps, 32 / 2 - 8), rows, l, ahead: AHEAD, window, ...blocks },
      scratchParameters: 1,
    });
    return {
      kernel: 'depthwise',
      parameters,
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            ...convFields(match),
            { name: 'w', arg: { kind: 'packed', index: 0 } },
            size('batch', x.shape[0] ?? 1),
            size('channels', windows.channels),
            size('multiplier', windows.multiplier),
            size('task_channels', taskChannels),
            size('task_rows', taskRows),
          ],
        },
      ],
      sources: [source],
      scratch: [{ symbol: source.symbol, args: [sweepElements(windows, Math.max(1, rows), parameters)] }],
      weights: [
        {
          name: node.name,
          bytes: data.byteLength,
          pack: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        },
      ],
      inPlace: epilogue.laneInputs,
    };
  },
});
