import { byteSize, isFloat, typeAt, type DType, type Node } from '@ait-rvv/ir';
import { defineKernel, indexTables } from '@ait-rvv/codegen-core';
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

/** Padding of every kind, and picking by constant indices: a table of offsets per axis. */
export const indexCopyKernel = defineKernel<IndexCopyMatch, Record<string, never>>({
  id: 'index_copy',
  match(node, { graph }) {
    const found = indexTables(graph, node);
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
