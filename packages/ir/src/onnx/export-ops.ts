import { isOp, typeAt, type Graph, type Node } from '../core/graph.js';
import {
  batchNorm,
  cast,
  concat,
  conv2d,
  elementwise,
  expand,
  gather,
  matmul,
  pad,
  pool2d,
  reduce,
  relayout,
  reshape,
  shapeOf,
  slice,
  softmax,
  split,
  transpose,
} from '../ops/index.js';
import { elementType, float, type NodeWriter } from './node-writer.js';

const REDUCTION_NAMES = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
} as const;

/** Writes a node, its epilogue apart, as ONNX nodes with these inputs and outputs (operator set 17). */
export function writeOp(
  writer: NodeWriter,
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  outputs: readonly string[],
): void {
  const [x = '', second = ''] = inputs;
  const [y = ''] = outputs;
  if (isOp(node, conv2d)) {
    const { strides, dilations, pads, groups } = node.attrs;
    writer.node('Conv', [x, second], outputs, { strides, dilations, pads, group: groups });
  } else if (isOp(node, pool2d)) writePool(writer, node.attrs, x, y);
  else if (isOp(node, matmul)) {
    const turned = (name: string, input: number, swap: boolean): string =>
      swap ? swapLast(writer, name, rank(graph, node, input)) : name;
    writer.node('MatMul', [turned(x, 0, node.attrs.transA), turned(second, 1, node.attrs.transB)], outputs);
  } else if (isOp(node, elementwise) || isOp(node, relayout)) writer.node('Identity', [x], outputs);
  else if (isOp(node, batchNorm))
    writer.node('BatchNormalization', inputs, outputs, { epsilon: float(node.attrs.epsilon) });
  else if (isOp(node, softmax)) writer.node('Softmax', [x], outputs, { axis: node.attrs.axis });
  else if (isOp(node, reduce)) writeReduce(writer, node.attrs, x, y);
  else if (isOp(node, reshape))
    writer.node('Reshape', [x, writer.ints(`${y}.shape`, node.attrs.shape)], outputs, { allowzero: 1 });
  else if (isOp(node, transpose)) writer.node('Transpose', [x], outputs, { perm: node.attrs.perm });
  else if (isOp(node, concat)) writer.node('Concat', inputs, outputs, { axis: node.attrs.axis });
  else if (isOp(node, split))
    writer.node('Split', [x, writer.ints(`${y}.split`, node.attrs.sizes)], outputs, { axis: node.attrs.axis });
  else if (isOp(node, slice)) writeSlice(writer, node.attrs, x, y);
  else if (isOp(node, pad)) writePad(writer, node.attrs, x, y);
  else if (isOp(node, gather)) writer.node('Gather', inputs, outputs, { axis: node.attrs.axis });
  else if (isOp(node, expand)) writer.node('Expand', [x, writer.ints(`${y}.shape`, node.attrs.shape)], outputs);
  else if (isOp(node, cast)) writer.node('Cast', [x], outputs, { to: elementType(node.attrs.to) });
  else if (isOp(node, shapeOf)) writer.node('Shape', [x], outputs);
  else throw new Error(`${node.op.kind} has no ONNX form`);
}

function rank(graph: Graph, node: Node, input: number): number {
  return typeAt(graph, node.inputs[input] ?? -1).shape.length;
}

function swapLast(writer: NodeWriter, name: string, axes: number): string {
  const perm = Array.from({ length: axes }, (_, axis) => axis);
  [perm[axes - 2], perm[axes - 1]] = [axes - 1, axes - 2];
  const turned = writer.fresh(`${name}.transposed`);
  writer.node('Transpose', [name], [turned], { perm });
  return turned;
}

function writePool(writer: NodeWriter, attrs: Parameters<typeof pool2d.infer>[1], x: string, y: string): void {
  const { kernel, strides, pads, dilations } = attrs;
  const shared = { kernel_shape: kernel, strides, pads, ceil_mode: Number(attrs.ceil) };
  if (attrs.mode === 'max') writer.node('MaxPool', [x], [y], { ...shared, dilations });
  else writer.node('AveragePool', [x], [y], { ...shared, count_include_pad: Number(attrs.countIncludePad) });
}

function writeReduce(writer: NodeWriter, attrs: Parameters<typeof reduce.infer>[1], x: string, y: string): void {
  const keepdims = Number(attrs.keepDims);
  // In operator set 17 only ReduceSum takes its axes as an input.
  if (attrs.mode === 'sum')
    writer.node('ReduceSum', [x, writer.ints(`${y}.axes`, attrs.axes)], [y], { keepdims, noop_with_empty_axes: 1 });
  else if (attrs.axes.length === 0) writer.node('Identity', [x], [y]);
  else writer.node(REDUCTION_NAMES[attrs.mode], [x], [y], { axes: attrs.axes, keepdims });
}

function writeSlice(writer: NodeWriter, attrs: Parameters<typeof slice.infer>[1], x: string, y: string): void {
  const { starts, steps, sizes } = attrs;
  // An end before the first element has no index that counts from the front: any very negative one says it.
  const ends = starts.map((start, axis) => {
    const end = start + (sizes[axis] ?? 0) * (steps[axis] ?? 1);
    return end < 0 ? -(2 ** 31) : end;
  });
  const list = (part: string, values: readonly number[]): string => writer.ints(`${y}.${part}`, values);
  const axes = starts.map((_, axis) => axis);
  writer.node('Slice', [x, list('starts', starts), list('ends', ends), list('axes', axes), list('steps', steps)], [y]);
}

function writePad(writer: NodeWriter, attrs: Parameters<typeof pad.infer>[1], x: string, y: string): void {
  const value = writer.constant(`${y}.value`, { dtype: 'f32', shape: [], data: Float32Array.of(attrs.value) });
  writer.node('Pad', [x, writer.ints(`${y}.pads`, [...attrs.before, ...attrs.after]), value], [y], {
    mode: attrs.mode,
  });
}
