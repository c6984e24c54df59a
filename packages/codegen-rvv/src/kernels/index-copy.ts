import {
  byteSize,
  gather,
  isFloat,
  isOp,
  layoutStrides,
  pad,
  padSource,
  toNumbers,
  typeAt,
  valueAt,
  type DType,
  type Graph,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel } from '@ait-rvv/codegen-core';
import { sizes, tensor, whole } from '../fields.js';
import { kernelSource } from '../sources.js';

interface IndexCopyMatch {
  readonly node: Node;
  readonly dtype: DType;
  readonly extents: readonly number[];
  /** Per axis, the element offset in x of each index of the result, or −1 for `value`. */
  readonly tables: readonly (readonly number[])[];
  readonly value: number;
}

const AXES = 6;

/** Entries of all tables of a node together: they are stored with the weights. */
const MOST_ENTRIES = 1 << 24;

/** Padding of every kind, and picking by constant indices: a table of offsets per axis. */
export const indexCopyKernel = defineKernel<IndexCopyMatch, Record<string, never>>({
  id: 'index_copy',
  match(node, { graph }) {
    const found = tablesOf(graph, node);
    if (typeof found === 'string') return { reason: found };
    const { dtype } = typeAt(graph, node.inputs[0] ?? -1);
    if (dtype === 'f16' && found.value !== 0) return { reason: 'element type f16 is moved, not computed with' };
    const tables = sixTables(found.tables);
    const reach = tables.reduce((sum, table) => sum + table.reduce((most, offset) => Math.max(most, offset), 0), 0);
    if (reach >= 2 ** 31 / byteSize(dtype)) return { reason: 'the tensor is too large for 32-bit byte offsets' };
    return { node, dtype, extents: tables.map((table) => table.length), tables, value: found.value };
  },
  candidates: () => [{}],
  cost: ({ extents }) => 2 * extents.reduce((product, extent) => product * extent, 1),
  emit({ node, dtype, extents, tables, value }) {
    const runs = isRun(tables[AXES - 1]);
    const variant = runs ? 'runs' : '';
    const source = kernelSource({ dtype, family: 'index_copy', variant, epilogue: [], parameters: { runs } });
    const table = Int32Array.from(tables.flat());
    return {
      kernel: 'index_copy',
      parameters: {},
      calls: [
        {
          symbol: source.symbol,
          argsType: source.argsType,
          args: [
            tensor('x', node.inputs[0]),
            tensor('y', node.outputs[0]),
            { name: 'table', arg: { kind: 'packed', index: 0 } },
            sizes('dims', extents),
            isFloat(dtype) ? { name: 'value', arg: { kind: 'float', value } } : whole('value', value, dtype),
          ],
        },
      ],
      sources: [source],
      scratch: [],
      weights: [{ name: node.name, bytes: table.byteLength, pack: () => new Uint8Array(table.buffer) }],
      inPlace: [],
    };
  },
});

/** As many tables as the kernel has loops: neighbouring axes merge, axes of one index are added outside. */
function sixTables(tables: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const real = tables.filter((table) => table.length !== 1 || table[0] !== 0);
  while (real.length > AXES) {
    const [outer = [], inner = [], ...rest] = real;
    const both = outer.flatMap((a) => inner.map((b) => (a < 0 || b < 0 ? -1 : a + b)));
    real.splice(0, real.length, both, ...rest);
  }
  return [...Array.from({ length: AXES - real.length }, () => [0]), ...real];
}

/** The innermost indices follow one another: lines can be copied as they are. */
function isRun(table: readonly number[] = []): boolean {
  const [first = 0] = table;
  return first >= 0 && table.every((offset, index) => offset === first + index);
}

function tablesOf(graph: Graph, node: Node): { tables: number[][]; value: number } | string {
  const x = typeAt(graph, node.inputs[0] ?? -1);
  const entries = typeAt(graph, node.outputs[0] ?? -1).shape.reduce((sum, extent) => sum + extent, 0);
  if (entries > MOST_ENTRIES) return `its index tables would have ${entries} entries`;
  if (x.layout.block !== undefined) return 'blocked layouts are not supported';
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

function gatherTables(
  graph: Graph,
  node: Node,
  x: TensorType,
  axis: number,
): { tables: number[][]; value: number } | string {
  const indices = valueAt(graph, node.inputs[1] ?? -1).constant;
  if (indices?.kind !== 'dense') return 'the indices are not constant';
  const strides = layoutStrides(x.shape, x.layout);
  const tables = x.shape.map((extent, own) => {
    if (own !== axis) return Array.from({ length: extent }, (_, index) => index * (strides[own] ?? 0));
    return toNumbers(indices.tensor).map((index) => (index < 0 ? index + extent : index) * (strides[own] ?? 0));
  });
  return { tables, value: 0 };
}
