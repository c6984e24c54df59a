import {
  elementCount,
  isOp,
  layoutStrides,
  matmul,
  typeAt,
  valueAt,
  weightView,
  type ColumnNMEncoding,
  type Graph,
  type MatmulAttrs,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import type { CField } from '@ait-rvv/codegen-core';
import { bindEpilogue, rowWalk, type BoundEpilogue } from './epilogue.js';
import { size, tensor } from './fields.js';
import { bindWeights, evenRows, type BoundWeights } from './packing.js';
import { cutRows } from './row-tiles.js';

/** A fully connected layer whose weight is pruned by columns, for the kernels that take it. */
export interface LinearMatch {
  readonly node: Node<MatmulAttrs>;
  readonly weight: ColumnNMEncoding;
  /** Positions: rows of the left-hand side, batches included. */
  readonly rows: number;
  /** Elements of the left-hand side from one position to the next, and from one input to the next. */
  readonly strides: readonly [row: number, depth: number];
  readonly outputs: number;
  /** Inputs of a position, kept or not. */
  readonly depth: number;
  readonly weightType: TensorType;
  readonly epilogue: BoundEpilogue;
}

/** What a kernel needs of such a layer, or why it is none. */
export function matchPrunedLinear(node: Node, { graph }: { readonly graph: Graph }): LinearMatch | { reason: string } {
  if (!isOp(node, matmul)) return { reason: 'takes matmul only' };
  const weight = valueAt(graph, node.inputs[1] ?? -1);
  if (weight.constant?.kind !== 'columnNM') return { reason: 'the weight is not pruned by columns' };
  const [a, y] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, node.outputs[0] ?? -1)];
  const strides = positionStrides(a, node.attrs.transA);
  if (strides === undefined) return { reason: 'the positions of the input have no single stride' };
  const epilogue = bindEpilogue(graph, node, rowWalk(y.shape.length));
  if (typeof epilogue === 'string') return { reason: epilogue };
  const outputs = y.shape.at(-1) ?? 1;
  const rows = elementCount(y.shape) / outputs;
  const { depth } = weightView(weight.type.shape, weight.constant.rowAxis);
  return { node, weight: weight.constant, weightType: weight.type, rows, strides, outputs, depth, epilogue };
}

/** Its weights in mask tiles, each `[kept][outputs]`, or with `rowByRow` `[outputs][kept]`, and their offsets. */
export function bindPrunedLinear(
  { node, weight, weightType, strides, outputs, depth }: LinearMatch,
  rowByRow = false,
): BoundWeights {
  const { tileRows, rowAxis } = weight;
  const bound = bindWeights(weight, weightType.shape, rowAxis, {
    ...{ name: node.name, groups: 1, tiles: cutRows(outputs, tileRows, tileRows), rowByRow },
    ...{ kBlock: depth, views: [evenRows(strides[1])] },
  });
  // Where a tile's slice begins follows from its number.
  return { ...bound, packed: bound.packed.slice(0, 2) };
}

/** Arguments that the kernels of such layers share; packed are the weights and the offsets. */
export function linearFields({ node, rows, outputs, weight, strides, epilogue }: LinearMatch, kept: number): CField[] {
  return [
    tensor('a', node.inputs[0]),
    { name: 'w', arg: { kind: 'packed', index: 0 } },
    { name: 'offsets', arg: { kind: 'packed', index: 1 } },
    tensor('y', node.outputs[0]),
    size('rows', rows),
    size('columns', outputs),
    size('tile', weight.tileRows),
    size('kept', kept),
    size('a_row', strides[0]),
    size('y_row', outputs),
    { name: 'steps', arg: epilogue.data },
  ];
}

/** Strides of `[…, m, k]` (or `[…, k, m]`) taken as `[positions][k]`; undefined when the batches do not continue m. */
function positionStrides(a: TensorType, transposed: boolean): readonly [number, number] | undefined {
  const rank = a.shape.length;
  const all = layoutStrides(a.shape, a.layout);
  const [m, k] = transposed ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  const row = all[m] ?? 1;
  let expected = row * (a.shape[m] ?? 1);
  for (let axis = rank - 3; axis >= 0; axis--) {
    if (a.shape[axis] === 1) continue;
    if (all[axis] !== expected) return undefined;
    expected *= a.shape[axis] ?? 1;
  }
  return [row, all[k] ?? 1];
}
