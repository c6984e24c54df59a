import { isDepthwise, type TensorData } from '@ait-rvv/ir';
import { defineKernel, type Mismatch } from '@ait-rvv/codegen-core';
import { size } from '../fields.js';
import { kernelSource } from '../sources.js';
import { convFields, laneOperands, matchConv, type ConvMatch } from './conv.js';

interface DepthwiseMatch extends ConvMatch {
  /** [CO][1][KH][KW], which is the kernel's own order. */
  readonly data: TensorData;
}

/** Depthwise convolution: any window, stride, dilation and multiplier. */
export const depthwiseKernel = defineKernel<DepthwiseMatch, Record<string, never>>({
  id: 'depthwise',
  match(node, context): DepthwiseMatch | Mismatch {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    if (match.weight.kind !== 'dense') return { reason: 'a depthwise weight is not pruned by columns' };
    return isDepthwise(match.x, match.node.attrs)
      ? { ...match, data: match.weight.tensor.data }
      : { reason: 'the convolution is not depthwise' };
  },
  candidates: () => [{}],
  cost: ({ y, weightShape }) => {
    const taps = (weightShape[2] ?? 1) * (weightShape[3] ?? 1);
    return y.shape.reduce((product, extent) => product * extent, taps);
  },
  emit(match) {
    const { node, data, weightShape, x, y, epilogue } = match;
    const [channels = 1, , kh = 1, kw = 1] = weightShape;
    const source = kernelSource({
      family: 'depthwise',
      variant: '',
      epilogue: epilogue.steps,
      parameters: {},
      scratchParameters: 1,
    });
    const padded = (axis: 0 | 1, kernel: number): number =>
      ((y.shape[2 + axis] ?? 1) - 1) * node.attrs.strides[axis] + (kernel - 1) * node.attrs.dilations[axis] + 1;
    return {
      kernel: 'depthwise',
      parameters: {},
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            ...convFields(match),
            { name: 'w', arg: { kind: 'packed', index: 0 } },
            size('batch', x.shape[0] ?? 1),
            size('channels', channels),
            size('multiplier', channels / (x.shape[1] ?? 1)),
          ],
        },
      ],
      sources: [source],
      scratch: [{ symbol: source.symbol, args: [padded(0, kh) * padded(1, kw)] }],
      weights: [
        {
          name: node.name,
          bytes: data.byteLength,
          pack: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        },
      ],
      inPlace: laneOperands(node, epilogue),
    };
  },
});
