import {
  outputOf,
  positionBlocks,
  sameLayout,
  typeAt,
  typeBytes,
  valueAt,
  type Graph,
  type ValueId,
} from '@ait-rvv/ir';
import type { Step } from './step.js';
import { concatOffsets, viewsOf } from './view.js';

/** Where a value lies: in the memory of its root, `byteOffset` from the root's beginning. */
export interface Location {
  readonly root: ValueId;
  readonly byteOffset: number;
}

/** What a root's memory is. */
export type RootKind = 'input' | 'output' | 'constant' | 'arena';

export interface Storage {
  locate(id: ValueId): Location;
  /** Elements from one block of positions to the next: a slice of a join lies in the blocks of the join. */
  blockStride(id: ValueId): number;
  kindOf(root: ValueId): RootKind;
  /** Index of the graph input or output a root is. */
  indexOf(root: ValueId): number;
  /** Graph outputs that are not written in place and are copied at the end. */
  readonly copiedOutputs: readonly number[];
}

/**
 * Decides which values share memory: views lie in their source, the inputs of a concat over the outermost axis in
 * its result, results that overwrite a dying operand in that operand, graph outputs in the caller's buffers.
 */
export function assignStorage(graph: Graph, steps: readonly Step[]): Storage {
  const table = new LocationTable(graph);
  for (const node of graph.nodes) {
    for (const view of viewsOf(graph, node) ?? []) table.place(view.output, view.of, view.byteOffset);
  }
  placeConcats(graph, steps, table);
  const outputs = placeOutputs(graph, steps, table);
  reuseOperands(graph, steps, table, outputs);
  const indexOf = new Map<ValueId, number>(graph.inputs.map((id, index) => [id, index]));
  for (const [root, index] of outputs) indexOf.set(root, index);
  return {
    locate: (id) => table.locate(id),
    blockStride: (id) => {
      if (typeAt(graph, id).layout.block === undefined) return 0;
      const { shape, layout } = typeAt(graph, table.locate(id).root);
      return positionBlocks(shape, layout)?.stride ?? 0;
    },
    kindOf: (root) => (outputs.has(root) ? 'output' : table.kindOf(root)),
    indexOf: (root) => indexOf.get(root) ?? -1,
    copiedOutputs: graph.outputs.flatMap((output, index) => {
      const { root, byteOffset } = table.locate(output.value);
      return outputs.get(root) === index && byteOffset === 0 ? [] : [index];
    }),
  };
}

/** A forest: each value lies in itself (a root) or at an offset in another value. */
class LocationTable {
  readonly #graph: Graph;
  readonly #parent = new Map<ValueId, Location>();
  readonly #produced: ReadonlySet<ValueId>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#produced = new Set(graph.nodes.flatMap((node) => node.outputs));
  }

  place(value: ValueId, into: ValueId, byteOffset: number): void {
    this.#parent.set(value, { root: into, byteOffset });
  }

  locate(id: ValueId): Location {
    let root = id;
    let byteOffset = 0;
    for (let up = this.#parent.get(root); up !== undefined; up = this.#parent.get(root)) {
      root = up.root;
      byteOffset += up.byteOffset;
    }
    return { root, byteOffset };
  }

  kindOf(root: ValueId): RootKind {
    if (this.#produced.has(root)) return 'arena';
    return valueAt(this.#graph, root).constant === undefined ? 'input' : 'constant';
  }

  /** The value fills its root, and the root's memory is ours to choose. */
  ownsRoot(id: ValueId): boolean {
    const { root, byteOffset } = this.locate(id);
    return byteOffset === 0 && this.bytes(id) === this.bytes(root) && this.kindOf(root) === 'arena';
  }

  bytes(id: ValueId): number {
    return typeBytes(typeAt(this.#graph, id));
  }
}

/** Largest first, so that a concat of a prefix of another's inputs (DenseNet) becomes a view of the larger one. */
function placeConcats(graph: Graph, steps: readonly Step[], table: LocationTable): void {
  // Kernels that do not copy their inputs one by one have nothing to gain.
  const copying = steps.filter(({ instance }) => instance.calls.some(({ copies }) => copies !== undefined));
  const nodes = copying.flatMap(({ layers }) => layers.map(({ node }) => node));
  const concats = nodes.flatMap((node) => {
    const offsets = concatOffsets(graph, node);
    return offsets === undefined ? [] : [{ node, offsets, result: outputOf(node) }];
  });
  concats.sort((a, b) => table.bytes(b.result) - table.bytes(a.result));
  for (const { node, offsets, result } of concats) {
    const first = table.locate(node.inputs[0] ?? 0);
    const contiguous = node.inputs.every((id, index) => {
      const { root, byteOffset } = table.locate(id);
      return root === first.root && byteOffset === first.byteOffset + (offsets[index] ?? 0);
    });
    if (contiguous && table.locate(result).root === result) {
      table.place(result, first.root, first.byteOffset);
      continue;
    }
    node.inputs.forEach((id, index) => {
      const { root } = table.locate(id);
      if (table.ownsRoot(id) && root !== table.locate(result).root) table.place(root, result, offsets[index] ?? 0);
    });
  }
}

/** Roots that are whole graph outputs live in the caller's buffer, unless something reads beyond their end. */
function placeOutputs(graph: Graph, steps: readonly Step[], table: LocationTable): Map<ValueId, number> {
  const roots = new Map<ValueId, number>();
  const readers = steps.filter(({ instance }) => (instance.readsBeyond ?? 0) > 0);
  const readBeyond = new Set(readers.flatMap(({ inputs }) => inputs.map((id) => table.locate(id).root)));
  graph.outputs.forEach((output, index) => {
    const { root } = table.locate(output.value);
    if (table.ownsRoot(output.value) && !roots.has(root) && !readBeyond.has(root)) roots.set(root, index);
  });
  return roots;
}

/** Lets a result take over the memory of an operand that dies with the step, where the kernel allows it. */
function reuseOperands(
  graph: Graph,
  steps: readonly Step[],
  table: LocationTable,
  outputs: ReadonlyMap<ValueId, number>,
): void {
  const lastRead = new Map<ValueId, number>();
  const touch = (id: ValueId, step: number): void => {
    const { root } = table.locate(id);
    lastRead.set(root, Math.max(step, lastRead.get(root) ?? -1));
  };
  steps.forEach(({ inputs, outputs: results }, index) => [...inputs, ...results].forEach((id) => touch(id, index)));
  for (const output of graph.outputs) touch(output.value, steps.length);
  steps.forEach(({ inputs, outputs: [result = -1], instance }, index) => {
    if (table.locate(result).root !== result || outputs.has(result)) return;
    const operand = instance.inPlace
      .map((input) => inputs[input] ?? -1)
      .find((id) => {
        const { root } = table.locate(id);
        const readOnce = inputs.filter((other) => table.locate(other).root === root).length === 1;
        return (
          readOnce &&
          table.ownsRoot(id) &&
          !outputs.has(root) &&
          lastRead.get(root) === index &&
          table.bytes(id) === table.bytes(result) &&
          sameLayout(typeAt(graph, id).layout, typeAt(graph, result).layout)
        );
      });
    if (operand === undefined) return;
    const { root } = table.locate(operand);
    table.place(result, root, 0);
    lastRead.set(root, lastRead.get(result) ?? index);
  });
}
