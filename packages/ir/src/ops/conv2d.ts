import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, isCount, MOST_ELEMENTS, type Shape } from '../core/shape.js';
import { fromNumbers, tensorType, type Tensor, type TensorType } from '../core/tensor.js';
import { convolve, convolvedShape, type ConvGeometry, type GroupedGeometry } from './convolve.js';
import { applyEpilogue, checkEpilogue } from './epilogue.js';
import { requireReal } from './real.js';
import type { EpilogueStep } from './steps.js';

/** A depthwise convolution with one output channel for each input channel. */
export interface DepthwiseStage extends ConvGeometry {
  /** The input of the node that is its weight, [CI, 1, KH, KW]. */
  readonly weight: number;
}

export interface Conv2dAttrs extends ConvGeometry {
  readonly groups: number;
  readonly epilogue: readonly EpilogueStep[];
  /** What input 0 goes through first, in front of the prologue (passes/fuse-depthwise). */
  readonly depthwise?: DepthwiseStage;
  /** Steps that the input goes through before it is padded; their operands are inputs of the node, too (passes/fuse-prologue). */
  readonly prologue?: readonly EpilogueStep[];
}

/**
 * 2-D convolution (ONNX Conv). Input 0: [N, CI, H, W]; input 1: weight [CO, CI/groups, KH, KW]; further inputs are
 * operands of the epilogue, which fit the output, those of the prologue, which fit what goes through it, and the weight of
 * a depthwise stage. Output [N, CO, OH, OW].
 */
export const conv2d = defineOp<Conv2dAttrs>({
  kind: 'conv2d',
  traits: { epilogue: true, layout: 'image' },
  infer(inputs, attrs, where) {
    const [x, w] = inputs;
    if (x === undefined || w === undefined) fail('AIT2101', 'needs a rank-4 input and a rank-4 weight', { where });
    const staged = stagedType(x, inputs, attrs, where);
    const type = inferConvolution(staged, w, attrs, where);
    checkEpilogue(attrs.epilogue, inputs, type, 1, where);
    checkEpilogue(attrs.prologue ?? [], inputs, staged, 1, where);
    return [type];
  },
  evaluate(inputs, attrs) {
    const [x, w] = inputs;
    if (x === undefined || w === undefined) throw new Error('conv2d needs an input and a weight');
    const { shape, values } = convolve(prepared(staged(x, attrs, inputs), attrs, inputs), w, attrs);
    applyEpilogue(values, shape, attrs.epilogue, inputs, 1);
    return [fromNumbers(x.dtype, shape, values)];
  },
  multiplyAdds(inputs, outputs, attrs) {
    const [, ci = 1, kh = 1, kw = 1] = inputs[1]?.shape ?? [];
    return elementCount(outputs[0]?.shape ?? [0]) * ci * kh * kw + stageMultiplyAdds(inputs, attrs);
  },
  stageMultiplyAdds,
});

/** Depthwise: each group has one input channel. */
export function isDepthwise(input: TensorType, attrs: Conv2dAttrs): boolean {
  return attrs.groups > 1 && attrs.groups === input.shape[1];
}

/** Each output position reads its own input position alone: 1x1, stride 1, no padding. */
export function isPointwise({ strides, pads }: Conv2dAttrs, weight: Shape): boolean {
  const unit = weight[2] === 1 && weight[3] === 1 && strides.every((stride) => stride === 1);
  return unit && pads.every((extra) => extra === 0);
}

/** The type of a convolution without its steps. */
function inferConvolution(x: TensorType, w: TensorType, attrs: GroupedGeometry, where: string): TensorType {
  if (x.shape.length !== 4 || w.shape.length !== 4) {
    fail('AIT2101', 'needs a rank-4 input and a rank-4 weight', { where });
  }
  checkAttributes(attrs, where);
  checkChannels(x.shape, w.shape, attrs.groups, where);
  const shape = convolvedShape(x.shape, w.shape, attrs);
  if (elementCount(shape) === 0 && elementCount(x.shape) > 0) {
    const message = `the ${w.shape[2]}x${w.shape[3]} window is larger than the padded ${x.shape[2]}x${x.shape[3]} input`;
    fail('AIT2101', message, { where });
  }
  if (x.dtype !== w.dtype) fail('AIT2101', `mixes ${x.dtype} input with ${w.dtype} weight`, { where });
  requireReal(x, 'convolution', where);
  return tensorType(x.dtype, shape);
}

/** The input behind the depthwise stage. */
function stagedType(
  x: TensorType,
  inputs: readonly TensorType[],
  { depthwise }: Conv2dAttrs,
  where: string,
): TensorType {
  if (depthwise === undefined) return x;
  const taps = inputs[depthwise.weight];
  if (taps === undefined) fail('AIT2102', 'its depthwise stage has no weight', { where });
  if (taps.shape[0] !== x.shape[1]) {
    fail('AIT2101', `a depthwise stage has one filter for each of ${x.shape[1]} channels, not ${taps.shape[0]}`, {
      where,
    });
  }
  return inferConvolution(x, taps, perChannel(depthwise, x), where);
}

function staged(x: Tensor, { depthwise }: Conv2dAttrs, inputs: readonly Tensor[]): Tensor {
  const taps = depthwise === undefined ? undefined : inputs[depthwise.weight];
  if (depthwise === undefined || taps === undefined) return x;
  const { shape, values } = convolve(x, taps, perChannel(depthwise, x));
  return fromNumbers(x.dtype, shape, values);
}

function stageMultiplyAdds(inputs: readonly TensorType[], { depthwise }: Conv2dAttrs): number {
  const [x] = inputs;
  const taps = depthwise === undefined ? undefined : inputs[depthwise.weight];
  if (depthwise === undefined || x === undefined || taps === undefined) return 0;
  const [, , height = 1, width = 1] = taps.shape;
  return elementCount(convolvedShape(x.shape, taps.shape, depthwise)) * height * width;
}

/** A stage as the convolution it is. */
function perChannel(stage: DepthwiseStage, { shape }: Pick<TensorType, 'shape'>): GroupedGeometry {
  return { ...stage, groups: shape[1] ?? 1 };
}

function checkAttributes(attrs: GroupedGeometry, where: string): void {
  const positive = [...attrs.strides, ...attrs.dilations, attrs.groups];
  if (positive.some((value) => !isCount(value, 1))) {
    fail('AIT2102', `strides, dilations and groups must be whole numbers from 1 to ${MOST_ELEMENTS}`, { where });
  }
  if (attrs.pads.some((value) => !isCount(value, 0))) {
    fail('AIT2102', `pads must be whole numbers from 0 to ${MOST_ELEMENTS}`, { where });
  }
}

function checkChannels(x: Shape, w: Shape, groups: number, where: string): void {
  const have = x[1] ?? 0;
  const expected = (w[1] ?? 0) * groups;
  if (have !== expected) {
    const hint = `If the model uses groups, set groups=${have / (w[1] ?? 1)}.`;
    const divides = have % (w[1] ?? 1) === 0 ? { where, hint } : { where };
    fail('AIT2101', `weight expects ${expected} input channels, input has ${have}.`, divides);
  }
  if ((w[0] ?? 0) % groups !== 0) {
    fail('AIT2101', `${w[0]} output channels cannot be divided into ${groups} groups`, { where });
  }
}

/** What is convolved: the input after the prologue. */
function prepared(x: Tensor, { prologue }: Conv2dAttrs, inputs: readonly Tensor[]): Tensor {
  if (prologue === undefined) return x;
  const values = Float64Array.from(x.data as Float32Array);
  applyEpilogue(values, x.shape, prologue, inputs, 1);
  return fromNumbers(x.dtype, x.shape, values);
}
