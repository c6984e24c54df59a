import {
  byteSize,
  concat,
  inputOf,
  isOp,
  layoutStrides,
  relayout,
  reshape,
  sameMemory,
  slice,
  split,
  transpose,
  typeAt,
  typeBytes,
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
 * (axes of extent 1 aside): there a concat is a matter of where the producers write.
 */
export function concatOffsets(graph: Graph, node: Node): readonly number[] | undefined {
  const [output] = node.outputs;
  if (!isOp(node, concat) || output === undefined) return undefined;
  const type = typeAt(graph, output);
  if (!isOutermost(type, node.attrs.axis)) return undefined;
  let offset = 0;
  return node.inputs.map((id) => {
    const at = offset;
    offset += typeBytes(typeAt(graph, id));
    return at;
  });
}

function splitViews(graph: Graph, node: Node, axis: number, sizes: readonly number[]): readonly View[] | undefined {
  const of = inputOf(node);
  const type = typeAt(graph, of);
  if (!isOutermost(type, axis)) return undefined;
  const rowBytes = (layoutStrides(type.shape, type.layout)[axis] ?? 1) * byteSize(type.dtype);
  let start = 0;
  return node.outputs.map((output, index) => {
    const view = { output, of, byteOffset: start * rowBytes };
    start += sizes[index] ?? 0;
    return view;
  });
}

function isOutermost(type: TensorType, axis: number): boolean {
  if (type.layout.block !== undefined) return false;
  const before = type.layout.order.slice(0, type.layout.order.indexOf(axis));
  return before.every((outer) => type.shape[outer] === 1);
}

/** Where a box of full inner axes begins, when it is contiguous in memory. */
function boxOffset(
  type: TensorType,
  starts: readonly number[],
  steps: readonly number[],
  sizes: readonly number[],
): number | undefined {
  if (type.layout.block !== undefined) return undefined;
  const strides = layoutStrides(type.shape, type.layout);
  const cut = type.layout.order.findIndex((axis) => sizes[axis] !== 1);
  const inner = cut < 0 ? [] : type.layout.order.slice(cut + 1);
  const contiguous = inner.every((axis) => sizes[axis] === type.shape[axis] && steps[axis] === 1);
  const outer = cut < 0 ? undefined : type.layout.order[cut];
  if (!contiguous || (outer !== undefined && steps[outer] !== 1)) return undefined;
  return starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0) * byteSize(type.dtype);
}
