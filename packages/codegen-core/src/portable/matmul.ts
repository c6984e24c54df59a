import {
  elementCount,
  inputOf,
  isOp,
  layoutStrides,
  matmul,
  matmulDims,
  outputOf,
  typeAt,
  valueAt,
  type MatmulAttrs,
  type MatmulDims,
  type Node,
  type TensorType,
  type Value,
} from '@ait-rvv/ir';
import { sizes, tensor } from '../fields.js';
import { defineKernel, type CField } from '../kernel.js';
import { denseWeight } from './dense-weight.js';
import { chainSource, stepsSource, type PortableChain } from './elementwise.js';
import { bindPortableEpilogue, epilogueCalls } from './epilogue.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

/** Batch axes the kernel walks. */
const BATCH_AXES = 4;

interface MatmulMatch {
  readonly node: Node<MatmulAttrs>;
  readonly dims: MatmulDims;
  readonly a: TensorType;
  readonly b: Value;
  readonly epilogue: PortableChain | undefined;
}

/** Any matrix product of two tensors, transposed or broadcast. */
export const portableMatmul = defineKernel<MatmulMatch, Record<string, never>>({
  id: 'portable_matmul',
  match(node, { graph }) {
    if (!isOp(node, matmul)) return { reason: 'takes matmul only' };
    const [a, b] = [typeAt(graph, inputOf(node)), valueAt(graph, inputOf(node, 1))];
    if (a.dtype !== 'f32') return { reason: `element type ${a.dtype} is not supported` };
    const dims = matmulDims(a.shape, b.type.shape, node.attrs);
    if (dims === undefined) return { reason: 'shapes do not fit' };
    if (dims.batch.length > BATCH_AXES)
      return { reason: `${dims.batch.length} batch axes are more than ${BATCH_AXES}` };
    const epilogue = bindPortableEpilogue(graph, node, typeAt(graph, outputOf(node)).shape.length - 1);
    return typeof epilogue === 'string' ? { reason: epilogue } : { node, dims, a, b, epilogue };
  },
  candidates: () => [{}],
  cost: ({ dims }) => scalarCycles(elementCount(dims.batch) * dims.m * dims.n * dims.k),
  emit(match) {
    const source = portableSource('matmul');
    const { field, weights } = denseWeight('b', match.b);
    const [call] = portableInstance(source, matmulFields(match, field)).calls;
    return portableInstance(source, [], {
      calls: [...(call === undefined ? [] : [call]), ...epilogueCalls(match.node, match.epilogue)],
      sources: match.epilogue === undefined ? [source] : [source, chainSource(), stepsSource()],
      weights,
    });
  },
});

function matmulFields({ node, dims, a, b }: MatmulMatch, weight: CField): CField[] {
  const { transA, transB } = node.attrs;
  const lead = (value: number) => new Array<number>(BATCH_AXES - dims.batch.length).fill(value);
  const lastTwo = ({ shape, layout }: TensorType, transposed: boolean): readonly number[] => {
    const own = layoutStrides(shape, layout).slice(-2);
    return transposed ? [...own].reverse() : own;
  };
  const [aRow = 1, aDepth = 1] = lastTwo(a, transA);
  const [bDepth = 1, bColumn = 1] = lastTwo(b.type, transB);
  const batch = (type: TensorType): number[] => [...lead(0), ...batchStrides(type, dims.batch.length)];
  return [
    tensor('a', inputOf(node)),
    weight,
    tensor('y', outputOf(node)),
    sizes('a_batch', batch(a)),
    sizes('b_batch', batch(b.type)),
    sizes('batch', [...lead(1), ...dims.batch]),
    ...wholes({
      rows: dims.m,
      depth: dims.k,
      columns: dims.n,
      a_row: aRow,
      a_depth: aDepth,
      b_depth: bDepth,
      b_column: bColumn,
    }),
  ];
}

/** Stride of the tensor along every batch axis of the result, 0 where it is broadcast. */
function batchStrides({ shape, layout }: TensorType, axes: number): number[] {
  const own = layoutStrides(shape, layout);
  const missing = axes - (shape.length - 2);
  return Array.from({ length: axes }, (_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0),
  );
}
