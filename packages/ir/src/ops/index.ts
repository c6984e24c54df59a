import type { OpDef } from '../core/op.js';
import { compare, where } from './compare.js';
import { conv2d } from './conv2d.js';
import { cast, shapeOf } from './convert.js';
import { elementwise } from './elementwise.js';
import { matmul } from './matmul.js';
import { batchNorm, softmax } from './normalization.js';
import { normalize } from './normalize.js';
import { pool2d } from './pool2d.js';
import { reduce } from './reduce.js';
import { concat, relayout, reshape, split, transpose } from './regroup.js';
import { resample } from './resample.js';
import { scan } from './scan.js';
import { scatter } from './scatter.js';
import { expand, gather, pad, slice } from './select.js';
import { topk } from './topk.js';

export { compare, RELATIONS, where, type CompareAttrs } from './compare.js';
export { conv2d, isDepthwise, isPointwise, type Conv2dAttrs, type DepthwiseStage } from './conv2d.js';
export { conv2dWindow, type ConvGeometry } from './convolve.js';
export { cast, shapeOf, type CastAttrs } from './convert.js';
export { elementwise, type ElementwiseAttrs } from './elementwise.js';
export { isDefinedOn, stepOperand, withOperand } from './epilogue.js';
export {
  STEPS,
  type BinaryFunction,
  type EpilogueStep,
  type PlainFunction,
  type StepKind,
  type WholeFunction,
} from './steps.js';
export { multiplyAddsOf } from './multiply-adds.js';
export { matmul, matmulDims, type MatmulAttrs, type MatmulDims } from './matmul.js';
export { batchNorm, softmax, type BatchNormAttrs, type SoftmaxAttrs } from './normalization.js';
export { normalize, type NormalizeAttrs } from './normalize.js';
export { pool2d, pool2dWindow, type Pool2dAttrs } from './pool2d.js';
export { reduce, REDUCTIONS, type ReduceAttrs } from './reduce.js';
export {
  concat,
  relayout,
  reshape,
  split,
  transpose,
  type ConcatAttrs,
  type ReshapeAttrs,
  type SplitAttrs,
  type TransposeAttrs,
} from './regroup.js';
export { patches, placesSeen, windowExtents, type Maker, type Windows } from './patches.js';
export { resample, type ResampleAttrs } from './resample.js';
export { scan, type ScanAttrs } from './scan.js';
export { scatter, type ScatterAttrs } from './scatter.js';
export {
  expand,
  gather,
  pad,
  padSource,
  slice,
  type ExpandAttrs,
  type GatherAttrs,
  type PadAttrs,
  type SliceAttrs,
} from './select.js';
export { topk, type TopkAttrs } from './topk.js';

/** Every op of the IR. To add one: its file, and a line here. */
export const OPS = {
  batchNorm,
  cast,
  compare,
  concat,
  conv2d,
  elementwise,
  expand,
  gather,
  matmul,
  normalize,
  pad,
  pool2d,
  reduce,
  relayout,
  resample,
  reshape,
  scan,
  scatter,
  shapeOf,
  slice,
  softmax,
  split,
  topk,
  transpose,
  where,
} as const;

export type OpKind = keyof typeof OPS;

/** The op of that kind; undefined for a kind nobody defined. */
export function findOp(kind: string): OpDef | undefined {
  return Object.hasOwn(OPS, kind) ? OPS[kind as OpKind] : undefined;
}
