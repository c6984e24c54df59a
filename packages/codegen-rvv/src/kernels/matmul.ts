import {
  elementCount,
  isOp,
  layoutStrides,
  matmul,
  matmulDims,
  rowMajor,
  sameLayout,
  typeAt,
  valueAt,
  type MatmulAttrs,
  type MatmulDims,
  type Node,
  type Tensor,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, type CArg, type CField, type KernelInstance } from '@ait-rvv/codegen-core';
import { matmulCycles } from '../cost.js';
import { bindEpilogue, rowWalk, type BoundEpilogue } from '../epilogue.js';
import { fitsEpilogue, lastingOperands } from '../limits.js';
import { kernelSource } from '../sources.js';
import { TILES, type Tile } from '../tiles.js';

interface MatmulMatch {
  readonly node: Node<MatmulAttrs>;
  readonly dims: MatmulDims;
  readonly a: TensorType;
  readonly b: TensorType;
  readonly y: TensorType;
  /** The right-hand side when it is a constant: a fully connected layer. */
  readonly weight?: Tensor;
  readonly epilogue: BoundEpilogue;
}

/**
 * Matrix product with lanes along the result's columns: fully connected layers of one or few positions, and products
 * of two computed matrices.
 */
export const matmulKernel = defineKernel<MatmulMatch, Tile>({
  id: 'matmul',
  match(node, { graph }) {
    if (!isOp(node, matmul)) return { reason: 'takes matmul only' };
    const [a, b, y] = [node.inputs[0] ?? -1, node.inputs[1] ?? -1, node.outputs[0] ?? -1].map((id) =>
      typeAt(graph, id),
    );
    const constant = valueAt(graph, node.inputs[1] ?? -1).constant;
    if (a === undefined || b === undefined || y === undefined) return { reason: 'operands are missing' };
    if (constant?.kind === 'columnNM') return { reason: 'the weight is pruned by columns' };
    if (a.dtype !== 'f32') return { reason: `element type ${a.dtype} is not supported` };
    const dims = matmulDims(a.shape, b.shape, node.attrs);
    if (dims === undefined) return { reason: 'shapes do not fit' };
    const weight = constant?.kind === 'dense' && b.shape.length === 2 ? constant.tensor : undefined;
    if (weight === undefined && node.attrs.transB)
      return { reason: 'a computed right-hand side must not be transposed' };
    if (weight === undefined && !sameLayout(b.layout, rowMajor(b.shape.length)))
      return { reason: 'the right-hand side must be row-major' };
    if (batchStride(a, dims) === undefined || batchStride(b, dims) === undefined) {
      return { reason: 'the batch axes are broadcast unevenly' };
    }
    const epilogue = bindEpilogue(graph, node, rowWalk(y.shape.length));
    if (typeof epilogue === 'string') return { reason: epilogue };
    return { node, dims, a, b, y, epilogue, ...(weight === undefined ? {} : { weight }) };
  },
  candidates: ({ epilogue, dims }) =>
    TILES.matmul.filter(
      ({ t, l }) => t <= dims.m && fitsEpilogue(t, l, epilogue.steps, lastingOperands(epilogue.steps)),
    ),
  cost: ({ dims, weight }, tile, { tuneVlen }) =>
    elementCount(dims.batch) * matmulCycles(dims, tile, tuneVlen, weight !== undefined),
  emit: emitMatmul,
});

/** Elements from one matrix of the batch to the next; 0 when all share one; undefined when no single stride serves. */
function batchStride(type: TensorType, dims: MatmulDims): number | undefined {
  const own = type.shape.slice(0, -2);
  if (elementCount(own) === 1) return 0;
  return elementCount(own) === elementCount(dims.batch) ? elementCount(type.shape.slice(-2)) : undefined;
}

function emitMatmul(match: MatmulMatch, parameters: Tile): KernelInstance {
  const { node, dims, a, b, weight, epilogue } = match;
  const { t, l } = parameters;
  const source = kernelSource({
    family: 'matmul',
    variant: `${t}x${l}v`,
    epilogue: epilogue.steps,
    computed: true,
    parameters: { t, l },
  });
  const size = (name: string, value: number): CField => ({ name, arg: { kind: 'size', value } });
  const strides = layoutStrides(a.shape, a.layout).slice(-2);
  const [row = 1, depth = 1] = node.attrs.transA ? [...strides].reverse() : strides;
  const panel = weight ? PANEL_LANES * l : dims.n;
  const right: CArg = weight ? { kind: 'packed', index: 0 } : { kind: 'value', value: node.inputs[1] ?? -1 };
  return {
    kernel: 'matmul',
    parameters,
    calls: [
      {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          { name: 'a', arg: { kind: 'value', value: node.inputs[0] ?? -1 } },
          { name: 'b', arg: right },
          { name: 'y', arg: { kind: 'value', value: node.outputs[0] ?? -1 } },
          size('batch', elementCount(dims.batch)),
          size('rows', dims.m),
          size('depth', dims.k),
          size('columns', dims.n),
          size('a_batch', batchStride(a, dims) ?? 0),
          size('a_row', row),
          size('a_depth', depth),
          size('b_batch', batchStride(b, dims) ?? 0),
          size('b_depth', panel),
          size('b_panel', panel),
          size('y_row', dims.n),
          { name: 'steps', arg: epilogue.data },
        ],
      },
    ],
    sources: [source],
    scratch: [],
    weights: weight
      ? [
          {
            name: node.name,
            bytes: panelBytes(dims, panel),
            pack: () => packPanels(weight, dims, panel, node.attrs.transB),
          },
        ]
      : [],
    inPlace: [],
  };
}

/**
 * Columns of a panel of constants for every register of the tile's groups: those of 256 bits, so that a tile reads its
 * panels as streams. Longer registers are not filled then, which costs little where weights are read once from memory.
 */
const PANEL_LANES = 8;

function panelBytes({ k, n }: MatmulDims, panel: number): number {
  return Math.ceil(n / panel) * panel * k * 4;
}

/** The constant right-hand side as [panel][depth][columns of a panel], the last panel padded with zeros. */
function packPanels(weight: Tensor, dims: MatmulDims, panel: number, transposed: boolean): Uint8Array {
  const { k, n } = dims;
  const data = weight.data as Float32Array;
  const [depthStride, columnStride] = transposed ? [1, k] : [n, 1];
  const out = new Float32Array(panelBytes(dims, panel) / 4);
  for (let column = 0; column < n; column++) {
    const at = Math.floor(column / panel) * panel * k + (column % panel);
    for (let depth = 0; depth < k; depth++) {
      out[at + depth * panel] = data[column * columnStride + depth * depthStride] as number;
    }
  }
  return new Uint8Array(out.buffer);
}
