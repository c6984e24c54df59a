import { typeAt, type Graph, type Node } from '../core/graph.js';
import type { OPS, OpKind } from '../ops/index.js';
import type { OpDef } from '../core/op.js';
import { elementType, float, type NodeWriter } from './node-writer.js';

/** One node on its way out: its names in the model being written, and the operator set 17 it is written in. */
interface Writing<A> {
  readonly writer: NodeWriter;
  readonly attrs: A;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly x: string;
  readonly y: string;
  /** Rank of an input. */
  readonly rank: (input: number) => number;
}

type AttrsOf<K extends OpKind> = (typeof OPS)[K] extends OpDef<infer A> ? A : never;

/** Writes a node without its epilogue. */
type OpWriter<A> = (writing: Writing<A>) => void;

const REDUCTION_NAMES = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
  sumAbs: 'ReduceL1',
  sumSquares: 'ReduceSumSquare',
} as const;

const RELATION_NAMES = { equal: 'Equal', less: 'Less', lessOrEqual: 'LessOrEqual' } as const;

/** How every op is written. */
const WRITERS: { readonly [K in OpKind]: OpWriter<AttrsOf<K>> } = {
  batchNorm: ({ writer, inputs, outputs, attrs }) => {
    writer.node('BatchNormalization', inputs, outputs, { epsilon: float(attrs.epsilon) });
  },
  cast: ({ writer, x, outputs, attrs }) => writer.node('Cast', [x], outputs, { to: elementType(attrs.to) }),
  compare: ({ writer, inputs, outputs, attrs }) => writer.node(RELATION_NAMES[attrs.mode], inputs, outputs),
  concat: ({ writer, inputs, outputs, attrs }) => writer.node('Concat', inputs, outputs, { axis: attrs.axis }),
  conv2d: ({ writer, x, inputs, outputs, attrs }) => {
    const { strides, dilations, pads, groups } = attrs;
    writer.node('Conv', [x, inputs[1] ?? ''], outputs, { strides, dilations, pads, group: groups });
  },
  // All of it is epilogue.
  elementwise: ({ writer, x, outputs }) => writer.node('Identity', [x], outputs),
  expand: ({ writer, x, y, attrs }) => writer.node('Expand', [x, writer.ints(`${y}.shape`, attrs.shape)], [y]),
  gather: ({ writer, inputs, outputs, attrs }) => writer.node('Gather', inputs, outputs, { axis: attrs.axis }),
  matmul: ({ writer, inputs, outputs, attrs, rank }) => {
    const turned = (index: number, swap: boolean): string => {
      const name = inputs[index] ?? '';
      return swap ? swapLast(writer, name, rank(index)) : name;
    };
    writer.node('MatMul', [turned(0, attrs.transA), turned(1, attrs.transB)], outputs);
  },
  // Operator set 17 normalises the last axes only: written as what it is.
  normalize: ({ writer, x, y, attrs: { axes, epsilon } }) => {
    const mean = (name: string, of: string): string => {
      const result = writer.fresh(`${y}.${name}`);
      writer.node('ReduceMean', [of], [result], { axes, keepdims: 1 });
      return result;
    };
    const step = (type: string, name: string, ...inputs: readonly string[]): string => {
      const result = writer.fresh(`${y}.${name}`);
      writer.node(type, inputs, [result]);
      return result;
    };
    const centred = step('Sub', 'centred', x, mean('mean', x));
    const variance = mean('variance', step('Mul', 'square', centred, centred));
    const small = writer.constant(`${y}.epsilon`, { dtype: 'f32', shape: [], data: Float32Array.of(epsilon) });
    writer.node('Div', [centred, step('Sqrt', 'deviation', step('Add', 'sum', variance, small))], [y]);
  },
  pad: ({ writer, x, y, attrs }) => {
    const value = writer.constant(`${y}.value`, { dtype: 'f32', shape: [], data: Float32Array.of(attrs.value) });
    const pads = writer.ints(`${y}.pads`, [...attrs.before, ...attrs.after]);
    writer.node('Pad', [x, pads, value], [y], { mode: attrs.mode });
  },
  pool2d: ({ writer, x, outputs, attrs }) => {
    const { kernel, strides, pads, dilations, ceil } = attrs;
    const shared = { kernel_shape: kernel, strides, pads, ceil_mode: Number(ceil) };
    if (attrs.mode === 'max') writer.node('MaxPool', [x], outputs, { ...shared, dilations });
    else writer.node('AveragePool', [x], outputs, { ...shared, count_include_pad: Number(attrs.countIncludePad) });
  },
  reduce: ({ writer, x, y, attrs }) => {
    const { mode, axes } = attrs;
    const keepdims = Number(attrs.keepDims);
    // In operator set 17 only ReduceSum takes its axes as an input.
    if (mode === 'sum') {
      writer.node('ReduceSum', [x, writer.ints(`${y}.axes`, axes)], [y], { keepdims, noop_with_empty_axes: 1 });
    } else if (axes.length === 0) writer.node('Identity', [x], [y]);
    else writer.node(REDUCTION_NAMES[mode], [x], [y], { axes, keepdims });
  },
  relayout: ({ writer, x, outputs }) => writer.node('Identity', [x], outputs),
  reshape: ({ writer, x, y, attrs }) => {
    writer.node('Reshape', [x, writer.ints(`${y}.shape`, attrs.shape)], [y], { allowzero: 1 });
  },
  shapeOf: ({ writer, x, outputs }) => writer.node('Shape', [x], outputs),
  slice: ({ writer, x, y, attrs }) => {
    const { starts, steps, sizes } = attrs;
    // An end before the first element has no index that counts from the front: any very negative one says it.
    const ends = starts.map((start, axis) => {
      const end = start + (sizes[axis] ?? 0) * (steps[axis] ?? 1);
      return end < 0 ? -(2 ** 31) : end;
    });
    const axes = starts.map((_, axis) => axis);
    const lists = Object.entries({ starts, ends, axes, steps }).map(([part, list]) =>
      writer.ints(`${y}.${part}`, list),
    );
    writer.node('Slice', [x, ...lists], [y]);
  },
  softmax: ({ writer, x, outputs, attrs }) => {
    writer.node(attrs.log === true ? 'LogSoftmax' : 'Softmax', [x], outputs, { axis: attrs.axis });
  },
  split: ({ writer, x, y, outputs, attrs }) => {
    writer.node('Split', [x, writer.ints(`${y}.split`, attrs.sizes)], outputs, { axis: attrs.axis });
  },
  transpose: ({ writer, x, outputs, attrs }) => writer.node('Transpose', [x], outputs, { perm: attrs.perm }),
  where: ({ writer, inputs, outputs }) => writer.node('Where', inputs, outputs),
};

/** Writes a node, its epilogue apart, as ONNX nodes with these inputs and outputs (operator set 17). */
export function writeOp(
  writer: NodeWriter,
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  outputs: readonly string[],
): void {
  const write = WRITERS[node.op.kind as OpKind] as OpWriter<unknown>;
  const rank = (input: number): number => typeAt(graph, node.inputs[input] ?? -1).shape.length;
  write({ writer, attrs: node.attrs, inputs, outputs, x: inputs[0] ?? '', y: outputs[0] ?? '', rank });
}

function swapLast(writer: NodeWriter, name: string, axes: number): string {
  const perm = Array.from({ length: axes }, (_, axis) => axis);
  [perm[axes - 2], perm[axes - 1]] = [axes - 1, axes - 2];
  const turned = writer.fresh(`${name}.transposed`);
  writer.node('Transpose', [name], [turned], { perm });
  return turned;
}
