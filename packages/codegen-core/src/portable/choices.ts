import {
  byteSize,
  compare,
  inputOf,
  isOp,
  outputOf,
  typeAt,
  where,
  type CompareAttrs,
  type DType,
  type Graph,
  type Node,
} from '@ait-rvv/ir';
import { broadcastLoops } from '../chain-loops.js';
import { size, sizes, tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { padLoops, type Loops } from '../loops.js';
import {
  constantName,
  elementType,
  PORTABLE_AXES,
  portableInstance,
  portableSource,
  refusedType,
  scalarCycles,
  symbol,
} from './source.js';

interface ChoiceMatch<A> {
  readonly node: Node<A>;
  readonly dtype: DType;
  /** Tensors: y, then the inputs. */
  readonly loops: Loops;
}

function choiceLoops(graph: Graph, node: Node): Loops | string {
  const loops = broadcastLoops(
    typeAt(graph, outputOf(node)),
    node.inputs.map((id) => typeAt(graph, id)),
  );
  const padded = loops === undefined ? undefined : padLoops(loops, PORTABLE_AXES);
  return padded ?? 'the operands are broadcast along more axes than the kernel walks';
}

function turns({ extents }: Loops): number {
  return extents.reduce((product, extent) => product * extent, 1);
}

/** Comparisons of two tensors. */
export const portableCompare = defineKernel<ChoiceMatch<CompareAttrs>, Record<string, never>>({
  id: 'portable_compare',
  match(node, { graph }) {
    if (!isOp(node, compare)) return { reason: 'takes compare only' };
    const { dtype } = typeAt(graph, inputOf(node));
    const refusal = refusedType(dtype);
    if (refusal !== undefined) return { reason: refusal };
    const loops = choiceLoops(graph, node);
    return typeof loops === 'string' ? { reason: loops } : { node, dtype, loops };
  },
  candidates: () => [{}],
  cost: ({ loops }) => scalarCycles(turns(loops)),
  emit: ({ node, dtype, loops }) =>
    portableInstance(portableSource('compare', ['types', 'walk']), [
      tensor('a', inputOf(node)),
      tensor('b', inputOf(node, 1)),
      tensor('y', outputOf(node)),
      elementType('type', dtype),
      symbol('mode', `AIT_RELATION_${constantName(node.attrs.mode)}`),
      sizes('dims', loops.extents),
      sizes('a_stride', loops.strides[1] ?? []),
      sizes('b_stride', loops.strides[2] ?? []),
    ]),
});

/** Choices between two tensors of any element type. */
export const portableWhere = defineKernel<ChoiceMatch<unknown>, Record<string, never>>({
  id: 'portable_where',
  match(node, { graph }) {
    if (!isOp(node, where)) return { reason: 'takes where only' };
    const loops = choiceLoops(graph, node);
    return typeof loops === 'string' ? { reason: loops } : { node, dtype: typeAt(graph, outputOf(node)).dtype, loops };
  },
  candidates: () => [{}],
  cost: ({ loops }) => scalarCycles(turns(loops)),
  emit: ({ node, dtype, loops }) =>
    portableInstance(portableSource('where', ['walk']), [
      tensor('c', inputOf(node)),
      tensor('a', inputOf(node, 1)),
      tensor('b', inputOf(node, 2)),
      tensor('y', outputOf(node)),
      size('size', byteSize(dtype)),
      sizes('dims', loops.extents),
      sizes('c_stride', loops.strides[1] ?? []),
      sizes('a_stride', loops.strides[2] ?? []),
      sizes('b_stride', loops.strides[3] ?? []),
    ]),
});
