import {
  gather,
  isOp,
  isPlain,
  layoutStrides,
  pad,
  padSource,
  toNumbers,
  typeAt,
  valueAt,
  type Graph,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';

/** How a node picks its elements: y[i][j]… = x[tables[0][i] + tables[1][j] + …], axes in the memory order of y. */
export interface IndexTables {
  /** Per axis, the element offset in x of each index of the result, or −1 for `value`. */
  readonly tables: readonly (readonly number[])[];
  readonly value: number;
}

/** Entries of all tables of a node together: they are stored with the weights. */
const MOST_ENTRIES = 1 << 24;

/** The tables of a padding or of picking by constant indices; a string says why there are none. */
export function indexTables(graph: Graph, node: Node): IndexTables | string {
  const x = typeAt(graph, node.inputs[0] ?? -1);
  const entries = typeAt(graph, node.outputs[0] ?? -1).shape.reduce((sum, extent) => sum + extent, 0);
  if (entries > MOST_ENTRIES) return `its index tables would have ${entries} entries`;
  if (!isPlain(x.layout)) return 'blocked layouts are not supported';
  const strides = layoutStrides(x.shape, x.layout);
  if (isOp(node, pad)) {
    const y = typeAt(graph, node.outputs[0] ?? -1);
    const tables = y.layout.order.map((axis) =>
      Array.from({ length: y.shape[axis] ?? 0 }, (_, index) => {
        const source = padSource(index, x.shape[axis] ?? 1, node.attrs, axis);
        return source === undefined ? -1 : source * (strides[axis] ?? 0);
      }),
    );
    return { tables, value: node.attrs.value };
  }
  return isOp(node, gather) ? gatherTables(graph, node, x, node.attrs.axis) : 'takes pad and gather only';
}

function gatherTables(graph: Graph, node: Node, x: TensorType, axis: number): IndexTables | string {
  const indices = valueAt(graph, node.inputs[1] ?? -1).constant;
  if (indices?.kind !== 'dense') return 'the indices are not constant';
  const strides = layoutStrides(x.shape, x.layout);
  const tables = x.shape.map((extent, own) => {
    if (own !== axis) return Array.from({ length: extent }, (_, index) => index * (strides[own] ?? 0));
    return toNumbers(indices.tensor).map((index) => (index < 0 ? index + extent : index) * (strides[own] ?? 0));
  });
  return { tables, value: 0 };
}
