import { byteSize, inputOf, outputOf, typeAt, type DType, type Node } from '@ait-rvv/ir';
import { size, sizes, tensor } from '../fields.js';
import { indexTables, type IndexTables } from '../index-tables.js';
import { defineKernel } from '../kernel.js';
import { PORTABLE_AXES, portableInstance, portableSource, scalarCycles } from './source.js';

interface IndexCopyMatch extends IndexTables {
  readonly node: Node;
  readonly dtype: DType;
}

/** Padding of every kind, and picking by constant indices. */
export const portableIndexCopy = defineKernel<IndexCopyMatch, Record<string, never>>({
  id: 'portable_index_copy',
  match(node, { graph }) {
    const found = indexTables(graph, node);
    if (typeof found === 'string') return { reason: found };
    const { dtype } = typeAt(graph, outputOf(node));
    if (byteSize(dtype) < 4) return { reason: `element type ${dtype} is not supported at run time` };
    if (dtype !== 'f32' && found.value !== 0) return { reason: `${dtype} is padded with zeros only` };
    const missing = PORTABLE_AXES - found.tables.length;
    if (missing < 0) return { reason: `rank ${found.tables.length} is more than ${PORTABLE_AXES}` };
    return { ...found, tables: [...Array.from({ length: missing }, () => [0]), ...found.tables], node, dtype };
  },
  candidates: () => [{}],
  cost: ({ tables }) =>
    scalarCycles(
      tables.reduce((product, table) => product * table.length, 1),
      12,
    ),
  emit({ node, tables, value, dtype }) {
    const table = BigInt64Array.from(tables.flat(), BigInt);
    return portableInstance(
      portableSource('index_copy'),
      [
        tensor('x', inputOf(node)),
        tensor('y', outputOf(node)),
        { name: 'table', arg: { kind: 'packed', index: 0 } },
        size('size', byteSize(dtype)),
        sizes(
          'dims',
          tables.map((one) => one.length),
        ),
        size('fill', new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0),
      ],
      { weights: [{ name: node.name, bytes: table.byteLength, pack: () => new Uint8Array(table.buffer) }] },
    );
  },
});
