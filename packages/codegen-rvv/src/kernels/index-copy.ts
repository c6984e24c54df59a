import { typeAt, type Node } from '@ait-rvv/ir';
import { defineKernel, indexTables } from '@ait-rvv/codegen-core';
import { sizes, tensor } from '../fields.js';
import { kernelSource } from '../sources.js';

interface IndexCopyMatch {
  readonly node: Node;
  readonly extents: readonly number[];
  /** Per axis, the element offset in x of each index of the result, or −1 for `value`. */
  readonly tables: readonly (readonly number[])[];
  readonly value: number;
}

const AXES = 5;

/** Padding of every kind, and picking by constant indices: a table of offsets per axis. */
export const indexCopyKernel = defineKernel<IndexCopyMatch, Record<string, never>>({
  id: 'index_copy',
  match(node, { graph }) {
    const found = indexTables(graph, node);
    if (typeof found === 'string') return { reason: found };
    if (typeAt(graph, node.inputs[0] ?? -1).dtype !== 'f32') return { reason: 'only f32 is moved at run time' };
    const missing = AXES - found.tables.length;
    if (missing < 0) return { reason: `rank ${found.tables.length} is more than ${AXES}` };
    const lead = Array.from({ length: missing }, () => [0]);
    const tables = [...lead, ...found.tables];
    const reach = tables.reduce((sum, table) => sum + table.reduce((most, offset) => Math.max(most, offset), 0), 0);
    if (reach >= 2 ** 29) return { reason: 'the tensor is too large for 32-bit byte offsets' };
    return { node, extents: tables.map((table) => table.length), tables, value: found.value };
  },
  candidates: () => [{}],
  cost: ({ extents }) => 2 * extents.reduce((product, extent) => product * extent, 1),
  emit({ node, extents, tables, value }) {
    const source = kernelSource({ family: 'index_copy', variant: '', epilogue: [], parameters: {} });
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
            { name: 'value', arg: { kind: 'float', value } },
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
