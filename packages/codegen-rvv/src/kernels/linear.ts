import {
  elementCount,
  isOp,
  layoutStrides,
  matmul,
  typeAt,
  valueAt,
  weightView,
  type ColumnNMEncoding,
  type MatmulAttrs,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, type Target } from '@ait-rvv/codegen-core';
import { bindEpilogue, rowWalk, type BoundEpilogue } from '../epilogue.js';
import { size, tensor } from '../fields.js';
import { fitsEpilogue } from '../limits.js';
import { bindWeights } from '../packing.js';
import { cutRows } from '../row-tiles.js';
import { kernelSource } from '../sources.js';
import { TILES, type Tile } from '../tiles.js';

interface LinearMatch {
  readonly node: Node<MatmulAttrs>;
  readonly weight: ColumnNMEncoding;
  /** Positions: rows of the left-hand side, batches included. */
  readonly rows: number;
  /** Elements of the left-hand side from one position to the next, and from one input to the next. */
  readonly strides: readonly [row: number, depth: number];
  readonly outputs: number;
  readonly weightType: TensorType;
  readonly epilogue: BoundEpilogue;
}

/** Fully connected layers whose weight is pruned by columns: lanes are the outputs that share the kept inputs. */
export const linearKernel = defineKernel<LinearMatch, Tile>({
  id: 'linear',
  match(node, { graph }) {
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
    return { node, weight: weight.constant, weightType: weight.type, rows, strides, outputs, epilogue };
  },
  candidates: ({ rows, epilogue }) =>
    TILES.linear.filter(({ t, l }) => t <= rows && fitsEpilogue(t, l, epilogue.steps)),
  cost: ({ rows, outputs, weight }, { t, l }, { tuneVlen }: Target) => {
    const kept = weight.values.shape[1] ?? 0;
    const strips = Math.ceil(weight.tileRows / ((tuneVlen / 32) * l)) * Math.ceil(outputs / weight.tileRows);
    // Per kept input a load, a scalar and a multiply-add a position: few positions are bound by the load.
    return Math.ceil(rows / t) * strips * kept * (2.15 * l + Math.max(t * l, t + 2));
  },
  emit(match, tile) {
    const { node, weight, weightType, rows, strides, outputs, epilogue } = match;
    const { t, l } = tile;
    const bound = bindWeights(weight, weightType.shape, weight.rowAxis, {
      ...{ name: node.name, groups: 1, tiles: cutRows(outputs, weight.tileRows, weight.tileRows) },
      ...{ kBlock: weightView(weightType.shape, weight.rowAxis).depth, pitch: strides[1] * 4 },
    });
    const source = kernelSource({
      family: 'linear',
      variant: `${bound.offset === 'uint16_t' ? 'cnm16' : 'cnm'}_${t}x${l}v`,
      epilogue: epilogue.steps,
      computed: true,
      parameters: { t, l, offset: bound.offset },
    });
    const args = [
      tensor('a', node.inputs[0]),
      { name: 'w', arg: { kind: 'packed', index: 0 } } as const,
      { name: 'offsets', arg: { kind: 'packed', index: 1 } } as const,
      tensor('y', node.outputs[0]),
      size('rows', rows),
      size('columns', outputs),
      size('tile', weight.tileRows),
      size('kept', bound.kept),
      size('a_row', strides[0]),
      size('y_row', outputs),
      { name: 'steps', arg: epilogue.data },
    ];
    return {
      kernel: 'linear_cnm',
      parameters: tile,
      calls: [{ symbol: source.symbol, argsType: source.argsType, args }],
      sources: [source],
      scratch: [],
      weights: bound.packed,
      inPlace: [],
    };
  },
});

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
