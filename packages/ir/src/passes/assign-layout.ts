import type { GraphBuilder } from '../core/builder.js';
import { isOp, typeAt, valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import {
  isPlain,
  layoutText,
  rowMajor,
  sameLayout,
  sameMemory,
  transposedLayout,
  type Layout,
} from '../core/layout.js';
import { rewrite } from '../core/rewrite.js';
import { sameShape } from '../core/shape.js';
import type { TensorType } from '../core/tensor.js';
import { relayout, reshape, transpose } from '../ops/regroup.js';
import type { Pass } from './pass.js';

/** What a backend wants; everything else follows from the ops' layout traits. */
export interface LayoutPolicy {
  /** Layout of pictures: inputs and outputs of convolutions and pools. */
  image(graph: Graph, id: ValueId): Layout;
  /** Whether the backend reads an input just as it lies in this layout. */
  reads(graph: Graph, node: Node, input: number, layout: Layout): boolean;
  /** Whether the backend computes a node that follows its inputs in this layout. */
  follows(graph: Graph, node: Node, layout: Layout): boolean;
}

/**
 * Gives every value a layout. Where a value is needed in another one, a `relayout` node moves it, unless both layouts
 * mean the same memory; transposes become renamings. Graph inputs and outputs stay row-major.
 */
export function assignLayout(policy: LayoutPolicy): Pass {
  return {
    name: 'assign-layout',
    run(graph) {
      const moved = new Map<string, ValueId>();
      return rewrite(
        graph,
        (node, { builder, map }) => {
          const wants = inputLayouts(graph, node, policy, (id) => builder.type(map(id)));
          const inputs = node.inputs.map((id, index) => {
            const want = wants[index];
            const asItLies = want === undefined || policy.reads(graph, node, index, builder.type(map(id)).layout);
            return asItLies ? map(id) : inLayout(builder, moved, map(id), want);
          });
          const types = node.outputs.map((id) => {
            const type = typeAt(graph, id);
            return { ...type, layout: outputLayout(graph, node, id, inputs, builder, policy) };
          });
          return builder.add(node.op, inputs, node.attrs, {
            name: node.name,
            outputs: node.outputs.map((id) => valueAt(graph, id).name),
            types,
          });
        },
        {
          output: (id, { builder }) => inLayout(builder, moved, id, rowMajor(builder.type(id).shape.length)),
        },
      );
    },
  };
}

/** The value in the wanted layout, through a relayout that is made once. */
function inLayout(builder: GraphBuilder, moved: Map<string, ValueId>, id: ValueId, want: Layout): ValueId {
  const { name, type, constant } = builder.value(id);
  if (sameLayout(type.layout, want)) return id;
  const key = `${id} ${layoutText(want)}`;
  const known = moved.get(key);
  if (known !== undefined) return known;
  const wanted = { ...type, layout: want };
  // A constant is simply stored in the wanted order.
  const made =
    constant === undefined
      ? builder.apply(relayout, [id], {}, { name: `${name}.relayout`, types: [wanted] })
      : builder.encoded(name, wanted, constant);
  moved.set(key, made);
  return made;
}

/** The layout each input must have; undefined where any will do. */
function inputLayouts(
  graph: Graph,
  node: Node,
  policy: LayoutPolicy,
  typeOf: (id: ValueId) => TensorType,
): readonly (Layout | undefined)[] {
  const types = node.inputs.map(typeOf);
  const rows = types.map((type) => rowMajor(type.shape.length));
  switch (node.op.traits.layout) {
    case 'image': {
      const result = typeAt(graph, node.outputs[0] ?? 0);
      return node.inputs.map((id, index) => {
        const { type, constant } = valueAt(graph, id);
        const isPicture = index === 0 || (type.shape.length === result.shape.length && constant === undefined);
        return isPicture ? policy.image(graph, id) : rows[index];
      });
    }
    case 'follow': {
      const leader = leading(graph, node, types, policy);
      const result = typeAt(graph, node.outputs[0] ?? 0);
      return types.map((type, index) => (takesLayout(type, result, leader) ? leader : rows[index]));
    }
    case 'rowMajor':
      return rows;
    case 'rename':
      return renameInputs(graph, node, types, rows);
    case 'any':
      return types.map((type, index) => (isPlain(type.layout) ? undefined : rows[index]));
  }
}

/** Whether an input can lie like the result: of its rank, and in blocks only where it has the same positions. */
function takesLayout(type: TensorType, result: TensorType, layout: Layout): boolean {
  if (type.shape.length !== layout.order.length) return false;
  return isPlain(layout) || sameShape(type.shape.with(1, 1), result.shape.with(1, 1));
}

/** Reshape and transpose read row-major unless they only rename the memory as it lies. */
function renameInputs(
  graph: Graph,
  node: Node,
  types: readonly TensorType[],
  rows: readonly Layout[],
): readonly (Layout | undefined)[] {
  if (isOp(node, relayout)) return types.map(() => undefined);
  return types.map((type, index) => {
    const stays = isOp(node, reshape)
      ? reshapedLayout(type, typeAt(graph, node.outputs[0] ?? 0)) !== undefined
      : isPlain(type.layout);
    return stays ? undefined : rows[index];
  });
}

function outputLayout(
  graph: Graph,
  node: Node,
  id: ValueId,
  inputs: readonly ValueId[],
  builder: GraphBuilder,
  policy: LayoutPolicy,
): Layout {
  const type = typeAt(graph, id);
  const rank = type.shape.length;
  const inputTypes = inputs.map((id) => builder.type(id));
  switch (node.op.traits.layout) {
    case 'image':
      return policy.image(graph, id);
    case 'follow':
      return leading(graph, node, inputTypes, policy);
    case 'rename': {
      const [x] = inputTypes;
      if (x === undefined) return rowMajor(rank);
      if (isOp(node, transpose)) return transposedLayout(x.layout, node.attrs.perm);
      return reshapedLayout(x, type) ?? rowMajor(rank);
    }
    case 'rowMajor':
    case 'any':
      return rowMajor(rank);
  }
}

/** The layout all inputs of a `follow` node take: that of the first full-size input that is not row-major. */
function leading(graph: Graph, node: Node, types: readonly TensorType[], policy: LayoutPolicy): Layout {
  const result = typeAt(graph, node.outputs[0] ?? 0);
  const full = types.filter(
    (type) => type.shape.length === result.shape.length && policy.follows(graph, node, type.layout),
  );
  const same = full.filter((type) => sameShape(type.shape, result.shape) || !node.op.traits.elementwise);
  const plain = rowMajor(result.shape.length);
  return (
    same.find((type) => !sameMemory(type.shape, type.layout, plain))?.layout ??
    same[0]?.layout ??
    full[0]?.layout ??
    plain
  );
}

/**
 * The layout that makes a reshape free: the order of the axes larger than 1 is kept, when input and output differ in
 * axes of extent 1 only; row-major memory stays row-major. Undefined when elements would have to move.
 */
function reshapedLayout(from: TensorType, to: TensorType): Layout | undefined {
  const plain = rowMajor(to.shape.length);
  if (sameMemory(from.shape, from.layout, rowMajor(from.shape.length))) return plain;
  if (!isPlain(from.layout)) return undefined;
  const realFrom = from.shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  const realTo = to.shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  if (
    !sameShape(
      realFrom.map((axis) => from.shape[axis] ?? 1),
      realTo.map((axis) => to.shape[axis] ?? 1),
    )
  )
    return undefined;
  const real = from.layout.order.flatMap((axis) => realTo[realFrom.indexOf(axis)] ?? []);
  const ones = plain.order.filter((axis) => to.shape[axis] === 1);
  return { order: [...real, ...ones] };
}
