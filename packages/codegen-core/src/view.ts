import {
  byteSize,
  concat,
  inputOf,
  isOp,
  isPlain,
  layoutStrides,
  relayout,
  reshape,
  sameMemory,
  slice,
  split,
  transpose,
  typeAt,
  type Graph,
  type Node,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';

/** An output that is part of an input's memory, `byteOffset` from its beginning. */
export interface View {
  readonly output: ValueId;
  readonly of: ValueId;
  readonly byteOffset: number;
}

/** The node's outputs as views of its input; undefined when elements have to move. */
export function viewsOf(graph: Graph, node: Node): readonly View[] | undefined {
  const [output] = node.outputs;
  if (output === undefined) return undefined;
  const whole = (): readonly View[] => [{ output, of: inputOf(node), byteOffset: 0 }];
  if (isOp(node, relayout)) {
    const from = typeAt(graph, inputOf(node));
    return sameMemory(from.shape, from.layout, typeAt(graph, output).layout) ? whole() : undefined;
  }
  // Layout assignment has made both of these free.
  if (isOp(node, reshape) || isOp(node, transpose)) return whole();
  if (isOp(node, split)) return splitViews(graph, node, node.attrs.axis, node.attrs.sizes);
  if (isOp(node, slice)) {
    const from = typeAt(graph, inputOf(node));
    const offset = boxOffset(from, node.attrs.starts, node.attrs.steps, node.attrs.sizes);
    return offset === undefined ? undefined : [{ output, of: inputOf(node), byteOffset: offset }];
  }
  return undefined;
}

export function isView(graph: Graph, node: Node): boolean {
  return viewsOf(graph, node) !== undefined;
}

/**
 * Byte offset of each input of a concat within its result when the joined axis is the outermost one in memory
 * (axes of extent 1 aside), or the channels of position-blocked tensors, which are joined within every block: there a
 * concat is a matter of where the producers write.
 */
export function concatOffsets(graph: Graph, node: Node): readonly number[] | undefined {
  const [output] = node.outputs;
  if (!isOp(node, concat) || output === undefined) return undefined;
  const rowBytes = sliceBytes(typeAt(graph, output), node.attrs.axis);
  if (rowBytes === undefined) return undefined;
  let start = 0;
  return node.inputs.map((id) => {
    const at = start * rowBytes;
    start += typeAt(graph, id).shape[node.attrs.axis] ?? 0;
    return at;
  });
}

function splitViews(graph: Graph, node: Node, axis: number, sizes: readonly number[]): readonly View[] | undefined {
  const of = inputOf(node);
  const rowBytes = sliceBytes(typeAt(graph, of), axis);
  if (rowBytes === undefined) return undefined;
  let start = 0;
  return node.outputs.map((output, index) => {
    const view = { output, of, byteOffset: start * rowBytes };
    start += sizes[index] ?? 0;
    return view;
  });
}

/** Bytes from one index of an axis to the next when a slice along it is a view; undefined when it is none. */
function sliceBytes({ shape, layout, dtype }: TensorType, axis: number): number | undefined {
  if (layout.pitch !== undefined) return undefined;
  if (layout.block !== undefined) return axis === layout.order[0] ? layout.block * byteSize(dtype) : undefined;
  const before = layout.order.slice(0, layout.order.indexOf(axis));
  if (before.some((outer) => shape[outer] !== 1)) return undefined;
  return (layoutStrides(shape, layout)[axis] ?? 1) * byteSize(dtype);
}

/** Where a box of full inner axes begins, when it is contiguous in memory. */
function boxOffset(
  type: TensorType,
  starts: readonly number[],
  steps: readonly number[],
  sizes: readonly number[],
): number | undefined {
  if (!isPlain(type.layout)) return undefined;
  const strides = layoutStrides(type.shape, type.layout);
  const cut = type.layout.order.findIndex((axis) => sizes[axis] !== 1);
  const inner = cut < 0 ? [] : type.layout.order.slice(cut + 1);
  const contiguous = inner.every((axis) => sizes[axis] === type.shape[axis] && steps[axis] === 1);
  const outer = cut < 0 ? undefined : type.layout.order[cut];
  if (!contiguous || (outer !== undefined && steps[outer] !== 1)) return undefined;
  return starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0) * byteSize(type.dtype);
}
