import { OPS, type Graph, type Node, type OpKind } from '@ait-rvv/ir';
import type { Translate, Translation } from '../translation.js';
import { translateConcat } from './concat.js';
import { translateConv2d } from './conv2d.js';
import { translateElementwise } from './elementwise.js';
import { translateMatmul } from './matmul.js';
import { translatePad } from './pad.js';
import { translatePool2d } from './pool2d.js';
import { translateReduce } from './reduce.js';
import { translateSoftmax } from './softmax.js';

type AttrsOf<K extends OpKind> = (typeof OPS)[K] extends { evaluate(inputs: never, attrs: infer A): unknown }
  ? A
  : never;

const moves = 'XNNPACK of 2022 has no function that only moves elements';

const truth = 'XNNPACK of 2022 has no truth values';

/** Every op: how XNNPACK computes it, or why it does not. */
const TRANSLATIONS: { readonly [K in OpKind]: Translate<AttrsOf<K>> | string } = {
  batchNorm: 'XNNPACK has no batch normalisation',
  cast: 'XNNPACK of 2022 changes no element types between plain ones',
  compare: truth,
  concat: translateConcat,
  conv2d: translateConv2d,
  elementwise: translateElementwise,
  expand: moves,
  gather: moves,
  matmul: translateMatmul,
  normalize: 'XNNPACK has no normalisation by mean and variance',
  pad: translatePad,
  pool2d: translatePool2d,
  reduce: translateReduce,
  relayout: moves,
  resample: 'XNNPACK of 2022 resizes pictures bilinearly only',
  reshape: moves,
  scan: 'XNNPACK has no running sums',
  scatter: moves,
  shapeOf: moves,
  slice: moves,
  softmax: translateSoftmax,
  split: moves,
  topk: 'XNNPACK of 2022 sorts nothing',
  transpose: moves,
  where: truth,
};

/** How XNNPACK computes a node, or why it does not. */
export function translate(node: Node, graph: Graph): Translation | string {
  const found = TRANSLATIONS[node.op.kind as OpKind] as Translate<unknown> | string;
  return typeof found === 'string' ? found : found(node, graph);
}
