import {
  conv2d,
  conv2dWindow,
  isDepthwise,
  isOp,
  multiplyAddsOf,
  typeAt,
  typeBytes,
  type Graph,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { epilogueInputs } from '../layers/layer.js';

/** Types of a layer's inputs and outputs when only a part of its positions is computed. */
export interface Sample {
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  /** Positions of the output: all of them, and those that are computed. */
  readonly whole: number;
  readonly part: number;
}

/** Positions a sample has at least: a few rounds of a product kernel's strips, so that it blocks as the whole does. */
const LEAST_POSITIONS = 392;

/**
 * A layer that is a part of another one in the height of its picture: of convolutions with more than `most` multiply-adds
 * some rows, everything else whole. Channels stay as they are, and with them tiles, panels and what lies in caches; rounds
 * over positions are alike, so that some tell of all.
 */
export function sampleLayer(graph: Graph, node: Node, most: number): Sample {
  const types = (ids: readonly number[]): TensorType[] => ids.map((id) => typeAt(graph, id));
  const [inputs, outputs] = [types(node.inputs), types(node.outputs)];
  const [x, w] = inputs;
  const [y] = outputs;
  const all = { inputs, outputs, whole: 1, part: 1 };
  if (!isOp(node, conv2d) || x === undefined || w === undefined || y === undefined) return all;
  const [, , height = 1, width = 1] = y.shape;
  const rows = sampledRows(multiplyAddsOf(graph, node), most, height, width);
  // Rows of a depthwise convolution, by itself or a stage, are not alike: threads and rounds share their borders.
  if (isDepthwise(x, node.attrs) || node.attrs.depthwise !== undefined) return all;
  if (rows === height || x.shape[0] !== 1 || isFarOnPitch(x)) return all;
  const { kernel, stride, dilation, padBegin, padEnd } = conv2dWindow(w.shape, node.attrs, 0);
  const least = (rows - 1) * stride + (kernel - 1) * dilation + 1 - padBegin - padEnd;
  // Rows in phases come in pairs.
  const needed = x.layout.pitch?.phases === 2 ? least + (least % 2) : least;
  if (needed < 1 || needed > (x.shape[2] ?? 1)) return all;
  const operands = new Set(epilogueInputs(node));
  return {
    inputs: inputs.map((type, index) => {
      if (index === 0) return withHeight(type, needed);
      return operands.has(index) && type.shape.length === 4 && type.shape[2] === height ? withHeight(type, rows) : type;
    }),
    outputs: outputs.map((type) => withHeight(type, rows)),
    whole: height * width,
    part: rows * width,
  };
}

/** Bytes of a tensor that a second-level cache holds from one layer to the next. */
const CACHED_BYTES = 384 * 1024;

/**
 * Whether pictures lie on a pitch and do not stay in a cache: channels lie far apart there, and each line that comes from memory
 * comes by itself, of which the few lines of a sample would say nothing.
 */
function isFarOnPitch(type: TensorType): boolean {
  return type.layout.pitch !== undefined && typeBytes(type) > CACHED_BYTES;
}

function sampledRows(work: number, most: number, height: number, width: number): number {
  const least = Math.ceil(LEAST_POSITIONS / width);
  return Math.min(height, Math.max(least, Math.ceil((height * most) / Math.max(1, work))));
}

function withHeight(type: TensorType, height: number): TensorType {
  return { ...type, shape: type.shape.map((extent, axis) => (axis === 2 ? height : extent)) };
}

/**
 * Cost of the whole layer, when the sample has cost so much: by the strips that a kernel takes one after the other, or by
 * its rows of tiles of outputs, so many lines `down`.
 */
export function scaledCost(
  cost: number,
  { whole, part, outputs }: Sample,
  parameters: Readonly<Record<string, string | number>>,
): number {
  const { strip, down } = parameters;
  if (typeof down === 'number') {
    const [, , rows = 1] = outputs[0]?.shape ?? [];
    return (cost * Math.ceil((rows * whole) / part / down)) / Math.ceil(rows / down);
  }
  const unit = typeof strip === 'number' && strip > 0 ? strip : 1;
  return (cost * Math.ceil(whole / unit)) / Math.ceil(part / unit);
}
