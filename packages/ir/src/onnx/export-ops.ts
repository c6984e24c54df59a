import { typeAt, type Graph, type Node } from '../core/graph.js';
import type { Shape } from '../core/shape.js';
import type { OPS, OpKind } from '../ops/index.js';
import type { OpDef } from '../core/op.js';
import { elementType, float, type NodeWriter } from './node-writer.js';

/** One node on its way out: its names in the model being written, and the operator set 19 it is written in. */
interface Writing<A> {
  readonly writer: NodeWriter;
  readonly attrs: A;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly x: string;
  readonly y: string;
  /** Extents of an input. */
  readonly shape: (input: number) => Shape;
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
  matmul: ({ writer, inputs, outputs, attrs, shape }) => {
    const turned = (index: number, swap: boolean): string => {
      const name = inputs[index] ?? '';
      return swap ? swapLast(writer, name, shape(index).length) : name;
    };
    writer.node('MatMul', [turned(0, attrs.transA), turned(1, attrs.transB)], outputs);
  },
  // ONNX normalises the last axes only: written as what it is.
  normalize: ({ writer, x, y, attrs: { axes, epsilon } }) => {
    const mean = (name: string, of: string): string => {
      const result = writer.fresh(`${y}.${name}`);
      writer.node('ReduceMean', [of, writer.ints(`${result}.axes`, axes)], [result], { keepdims: 1 });
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
  pad: ({ writer, x, y, attrs, shape }) => {
    const { mode, before, after, between = [] } = attrs;
    const value = writer.constant(`${y}.value`, { dtype: 'f32', shape: [], data: Float32Array.of(attrs.value) });
    const spread = between.reduce(
      (from, extra, axis) => spreadApart(writer, { y, x: from, value, extra, axis, shape: shape(0), between }),
      x,
    );
    // What is put behind the last element goes again.
    const behind = after.map((extra, axis) => extra - ((shape(0)[axis] ?? 0) > 0 ? (between[axis] ?? 0) : 0));
    const pads = writer.ints(`${y}.pads`, [...before, ...behind]);
    writer.node('Pad', [spread, pads, value], [y], { mode });
  },
  pool2d: ({ writer, x, outputs, attrs }) => {
    const { kernel, strides, pads, dilations, ceil } = attrs;
    const shared = { kernel_shape: kernel, strides, pads, ceil_mode: Number(ceil) };
    if (attrs.mode === 'max') writer.node('MaxPool', [x], outputs, { ...shared, dilations });
    else {
      const flags = { dilations, count_include_pad: Number(attrs.countIncludePad) };
      writer.node('AveragePool', [x], outputs, { ...shared, ...flags });
    }
  },
  reduce: ({ writer, x, y, attrs }) => {
    const { mode, axes, keepDims } = attrs;
    const flags = { keepdims: Number(keepDims), noop_with_empty_axes: 1 };
    writer.node(REDUCTION_NAMES[mode], [x, writer.ints(`${y}.axes`, axes)], [y], flags);
  },
  relayout: ({ writer, x, outputs }) => writer.node('Identity', [x], outputs),
  // Tap by tap; Resize itself cannot be given its weights.
  resample: ({ writer, inputs, x, y, attrs: { axis }, shape }) => {
    const [taps = 0, extent = 0] = shape(1);
    const wide = writer.ints(
      `${y}.wide`,
      shape(0).map((_, own) => (own === axis ? extent : 1)),
    );
    const row = (name: string, tap: number): string => {
      const index = writer.constant(`${y}.row`, { dtype: 'i64', shape: [], data: BigInt64Array.of(BigInt(tap)) });
      const result = writer.fresh(`${y}.${tap}`);
      writer.node('Gather', [name, index], [result], { axis: 0 });
      return result;
    };
    const products = Array.from({ length: taps }, (_, tap) => {
      const [picked, weight, product] = ['picked', 'weight', 'product'].map((part) => writer.fresh(`${y}.${part}`));
      writer.node('Gather', [x, row(inputs[1] ?? '', tap)], [picked ?? ''], { axis });
      writer.node('Reshape', [row(inputs[2] ?? '', tap), wide], [weight ?? '']);
      writer.node('Mul', [picked ?? '', weight ?? ''], [product ?? '']);
      return product ?? '';
    });
    writer.node('Sum', products, [y]);
  },
  reshape: ({ writer, x, y, attrs }) => {
    writer.node('Reshape', [x, writer.ints(`${y}.shape`, attrs.shape)], [y], { allowzero: 1 });
  },
  scan: ({ writer, x, y, attrs }) => {
    const axis = writer.constant(`${y}.axis`, { dtype: 'i64', shape: [], data: BigInt64Array.of(BigInt(attrs.axis)) });
    writer.node('CumSum', [x, axis], [y], { exclusive: Number(attrs.exclusive), reverse: Number(attrs.reverse) });
  },
  scatter: ({ writer, inputs, x, y, attrs: { mode } }) => {
    const rows = writer.fresh(`${y}.rows`);
    writer.node('Unsqueeze', [inputs[1] ?? '', writer.ints(`${y}.axes`, [1])], [rows]);
    writer.node('ScatterND', [x, rows, inputs[2] ?? ''], [y], { reduction: mode === 'replace' ? 'none' : mode });
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
  topk: ({ writer, x, outputs, attrs: { axis, k, mode, last } }) => {
    const [values = '', indices = ''] = outputs;
    if (last) {
      const type = mode === 'max' ? 'ArgMax' : 'ArgMin';
      writer.node(type, [x], [indices], { axis, keepdims: 1, select_last_index: 1 });
      writer.node('GatherElements', [x, indices], [values], { axis });
      return;
    }
    const count = writer.ints(`${values}.k`, [k]);
    writer.node('TopK', [x, count], outputs, { axis, largest: Number(mode === 'max'), sorted: 1 });
  },
  transpose: ({ writer, x, outputs, attrs }) => writer.node('Transpose', [x], outputs, { perm: attrs.perm }),
  where: ({ writer, inputs, outputs }) => writer.node('Where', inputs, outputs),
};

/** Writes a node, its epilogue apart, as ONNX nodes with these inputs and outputs (operator set 19). */
export function writeOp(
  writer: NodeWriter,
  graph: Graph,
  node: Node,
  inputs: readonly string[],
  outputs: readonly string[],
): void {
  const write = WRITERS[node.op.kind as OpKind] as OpWriter<unknown>;
  const shape = (input: number): Shape => typeAt(graph, node.inputs[input] ?? -1).shape;
  write({ writer, attrs: node.attrs, inputs, outputs, x: inputs[0] ?? '', y: outputs[0] ?? '', shape });
}

interface Spreading {
  readonly y: string;
  readonly x: string;
  readonly value: string;
  readonly extra: number;
  readonly axis: number;
  readonly shape: Shape;
  readonly between: readonly number[];
}

/** x with `extra` elements of `value` after every element of an axis; axes before it have been spread already. */
function spreadApart(writer: NodeWriter, { y, x, value, extra, axis, shape, between }: Spreading): string {
  if (extra === 0) return x;
  const [apart, filled, merged] = ['apart', 'filled', 'merged'].map((part) => writer.fresh(`${y}.${part}`));
  const extents = shape.map((extent, own) => (own > axis ? extent : extent * (1 + (between[own] ?? 0))));
  const none = [...extents, 0].map(() => 0);
  writer.node('Unsqueeze', [x, writer.ints(`${y}.axis`, [axis + 1])], [apart ?? '']);
  writer.node(
    'Pad',
    [apart ?? '', writer.ints(`${y}.extra`, [...none, ...none.with(axis + 1, extra)]), value],
    [filled ?? ''],
  );
  writer.node('Reshape', [filled ?? '', writer.ints(`${y}.extents`, extents)], [merged ?? ''], { allowzero: 1 });
  return merged ?? '';
}

function swapLast(writer: NodeWriter, name: string, axes: number): string {
  const perm = Array.from({ length: axes }, (_, axis) => axis);
  [perm[axes - 2], perm[axes - 1]] = [axes - 1, axes - 2];
  const turned = writer.fresh(`${name}.transposed`);
  writer.node('Transpose', [name], [turned], { perm });
  return turned;
}
