import { isDepthwise, type TensorData } from '@ait-rvv/ir';
import { defineKernel, type Mismatch, type Target } from '@ait-rvv/codegen-core';
import { blockParameters, size } from '../fields.js';
import { staggerLag } from '../limits.js';
import { kernelSource } from '../sources.js';
import { linesRead, sweepElements, sweepTask, sweepTraffic, type SweepTask } from '../sweeps.js';
import { isUnrolled, windowParameter, type Windows } from '../windows.js';
import { convFields, matchConv, type ConvMatch } from './conv.js';

interface DepthwiseMatch extends ConvMatch {
  /** [CO][1][KH][KW], which is the kernel's own order. */
  readonly data: TensorData;
}

/** Vectors that are loaded before those that are computed with. */
const AHEAD = 2;

/** `rows` output rows at a time with register groups of LMUL `l`; 0 rows: any window, one tap after the other. */
interface DepthwiseTile extends SweepTask {
  readonly rows: number;
  readonly l: number;
}

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

/**
 * Sums, and vectors that are loaded ahead. Of wide windows compilers load more of them: found by reading the compiled
 * kernels; the spill test holds it true.
 */
function fitsWindow(windows: Windows, rows: number, l: number): boolean {
  const isWide = windows.kernel[0] * windows.kernel[1] > 9;
  return (rows + AHEAD + 1) * l <= 32 && (!isWide || linesRead(windows, rows) * l <= 32);
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
    const batch = match.x.shape[0] ?? 1;
    if (!isUnrolled(windows)) return [{ rows: 0, l: 2, ...sweepTask(windows, 1, batch) }];
    return [7, 4, 2, 1].flatMap((rows) =>
      [1, 2, 4]
        .filter((l) => rows <= windows.out[0] && fitsWindow(windows, rows, l))
        .map((l) => ({ rows, l, ...sweepTask(windows, rows, batch) })),
    );
  },
  cost(match, { rows, l, ...task }, { tuneVlen }: Target) {
    const windows = windowsOf(match);
    const { out, kernel } = windows;
    const taps = kernel[0] * kernel[1];
    const [batch = 1, channels = 1, height = 1, width = 1] = match.x.shape;
    const traffic = sweepTraffic(windows, Math.max(1, rows), task);
    const moved = traffic.in * height * width + traffic.out * windows.multiplier * out[0] * out[1];
    const strips = Math.ceil(out[1] / ((tuneVlen / 32) * l));
    // Loads take twice the time of a multiply-add, which waits for the one before it on the same sum.
    const set = (n: number): number => {
      const multiply = n * taps * Math.max(l, 5 / n);
      const memory = linesRead(windows, n) * kernel[1] * (2 * l + 0.5) + n * (2.2 * l + 0.5);
      return strips * (Math.max(multiply, memory) + 12) + 20;
    };
    const computed =
      rows === 0 ? strips * out[0] * taps * 6 * l : Math.floor(out[0] / rows) * set(rows) + (out[0] % rows) * set(1);
    return batch * channels * (moved + windows.multiplier * computed);
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
