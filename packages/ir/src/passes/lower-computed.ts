import { inputOf, isOp, outputOf, typeAt, valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import { rewrite, type RewriteContext, type RewriteRule } from '../core/rewrite.js';
import { elementCount, type Shape } from '../core/shape.js';
import type { OpDef } from '../core/op.js';
import { fromNumbers } from '../core/tensor.js';
import { conv2d } from '../ops/conv2d.js';
import { conv2dWindow } from '../ops/convolve.js';
import { elementwise } from '../ops/elementwise.js';
import { stepOperand, withOperand } from '../ops/epilogue.js';
import { matmul, matmulDims } from '../ops/matmul.js';
import { batchNorm } from '../ops/normalization.js';
import type { EpilogueStep } from '../ops/steps.js';
import { patches, windowExtents, type Maker } from '../ops/patches.js';
import { reshape, transpose } from '../ops/regroup.js';
import { expand } from '../ops/select.js';
import type { Pass } from './pass.js';

/**
 * What kernels take as constants and a model computes is computed with other ops: weights of convolutions, parameters
 * of batch normalisations, right-hand sides of matrix products that are to be transposed.
 */
export const lowerComputed: Pass = {
  name: 'lower-computed',
  // Convolutions become products.
  run: (graph) => rewrite(rewrite(graph, layer), product),
};

const layer: RewriteRule = (node, context) => convolution(node, context) ?? normalization(node, context);

function computed(graph: Graph, node: Node, input: number): boolean {
  return valueAt(graph, inputOf(node, input)).constant === undefined;
}

/** Inner nodes and constants named after the node they replace. */
function makerOf(node: Node, { builder }: RewriteContext): Maker {
  return {
    emit: <A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, part: string) =>
      builder.apply(op, inputs, attrs, { name: `${node.name}.${part}` }),
    value: (tensor, part) => builder.constant(`${node.name}.${part}`, tensor),
  };
}

function namesOf(graph: Graph, node: Node): { name: string; outputs: readonly string[] } {
  return { name: node.name, outputs: [valueAt(graph, outputOf(node)).name] };
}

/** A convolution with a computed weight is the product of the weight with all that its windows see. */
function convolution(node: Node, context: RewriteContext): readonly ValueId[] | undefined {
  const { graph, builder, map } = context;
  if (!isOp(node, conv2d) || !computed(graph, node, 1)) return undefined;
  const make = makerOf(node, context);
  const { shape } = typeAt(graph, inputOf(node));
  const [filters = 1, depth = 1, ...kernel] = typeAt(graph, inputOf(node, 1)).shape;
  const { groups, epilogue } = node.attrs;
  const weightShape = [filters, depth, ...kernel];
  const axes = ([0, 1] as const).map((axis) => conv2dWindow(weightShape, node.attrs, axis));
  const outputs = windowExtents(shape.slice(2), { axes, ceil: false });
  const seen = patches(make, map(inputOf(node)), shape, { axes, ceil: false }, 0);
  const rows = depth * elementCount(kernel);
  const columns = [shape[0] ?? 1, groups, rows, elementCount(outputs)];
  const factors = [
    make.emit(reshape, [map(inputOf(node, 1))], { shape: [1, groups, filters / groups, rows] }, 'rows'),
    make.emit(reshape, [seen], { shape: columns }, 'columns'),
  ];
  const result = make.emit(matmul, factors, { transA: false, transB: false, epilogue: [] }, 'product');
  const full = { shape: [shape[0] ?? 1, filters, ...outputs] };
  if (epilogue.length === 0) return builder.add(reshape, [result], full, namesOf(graph, node));
  // Without the weight every operand is one input further to the front, and channels are an axis like others.
  const steps = epilogue.map((step): EpilogueStep => {
    const operand = (stepOperand(step) ?? 1) - 1;
    return step.kind === 'bias' ? { kind: 'add', operand } : withOperand(step, operand);
  });
  const biases = epilogue.flatMap((step) => (step.kind === 'bias' ? [step.operand] : []));
  const operands = node.inputs.slice(2).map((id, index) => {
    if (!biases.includes(index + 2)) return map(id);
    return make.emit(reshape, [map(id)], { shape: [filters, 1, 1] }, `bias${index}`);
  });
  const inputs = [make.emit(reshape, [result], full, 'convolved'), ...operands];
  return builder.add(elementwise, inputs, { epilogue: steps }, namesOf(graph, node));
}

/** (x − mean)·(scale / √(variance + epsilon)) + bias. */
function normalization(node: Node, context: RewriteContext): readonly ValueId[] | undefined {
  const { graph, builder, map } = context;
  if (!isOp(node, batchNorm) || ![1, 2, 3, 4].some((input) => computed(graph, node, input))) return undefined;
  const make = makerOf(node, context);
  const rank = typeAt(graph, inputOf(node)).shape.length;
  const along = (id: ValueId, part: string): ValueId =>
    make.emit(
      reshape,
      [id],
      { shape: [elementCount(builder.type(id).shape), ...Array<number>(rank - 2).fill(1)] },
      part,
    );
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((input) => map(inputOf(node, input))) as [
    ValueId,
    ValueId,
    ValueId,
    ValueId,
    ValueId,
  ];
  const epsilon = make.value(fromNumbers('f32', [], [node.attrs.epsilon]), 'epsilon');
  const factor = make.emit(
    elementwise,
    [variance, epsilon, scale],
    { epilogue: [{ kind: 'add', operand: 1 }, { kind: 'sqrt' }, { kind: 'rdiv', operand: 2 }] },
    'factor',
  );
  const operands = [along(mean, 'mean'), along(factor, 'factors'), along(bias, 'bias')];
  return builder.add(
    elementwise,
    [x, ...operands],
    {
      epilogue: [
        { kind: 'sub', operand: 1 },
        { kind: 'mul', operand: 2 },
        { kind: 'add', operand: 3 },
      ],
    },
    namesOf(graph, node),
  );
}

/**
 * A computed right-hand side is turned before it is multiplied; a constant one is packed as it has to be. Matrices that
 * some batch axes share and others do not are repeated: kernels go on by one stride, or stay.
 */
function product(node: Node, context: RewriteContext): readonly ValueId[] | undefined {
  const { graph, builder, map } = context;
  if (!isOp(node, matmul)) return undefined;
  const [left, right] = [0, 1].map((input) => typeAt(graph, inputOf(node, input)).shape) as [Shape, Shape];
  const batch = matmulDims(left, right, node.attrs)?.batch ?? [];
  const uneven = [left, right].map((shape) => ![1, elementCount(batch)].includes(elementCount(shape.slice(0, -2))));
  const turns = node.attrs.transB && computed(graph, node, 1);
  if (!turns && !uneven.includes(true)) return undefined;
  const make = makerOf(node, context);
  const factors = [left, right].map((shape, input) => {
    if (uneven[input] !== true) return map(inputOf(node, input));
    return repeated(make, context, inputOf(node, input), [...batch, ...shape.slice(-2)]);
  });
  const [a = -1, b = -1] = factors;
  const inputs = [a, turns ? turned(make, b, builder.type(b).shape.length) : b, ...node.inputs.slice(2).map(map)];
  return builder.add(matmul, inputs, { ...node.attrs, transB: node.attrs.transB && !turns }, namesOf(graph, node));
}

function repeated(make: Maker, { graph, map }: RewriteContext, id: ValueId, shape: Shape): ValueId {
  const { constant } = valueAt(graph, id);
  if (constant?.kind !== 'dense') return make.emit(expand, [map(id)], { shape }, `repeated${id}`);
  const [tensor] = expand.evaluate([constant.tensor], { shape });
  if (tensor === undefined) throw new Error('expand has one result');
  return make.value(tensor, `repeated${id}`);
}

function turned(make: Maker, id: ValueId, rank: number): ValueId {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
  return make.emit(transpose, [id], { perm }, 'turned');
}
