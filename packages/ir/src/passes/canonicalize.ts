import { inputOf, isOp, outputOf, producers, valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import { rewrite, type RewriteContext, type RewriteRule } from '../core/rewrite.js';
import { sameShape } from '../core/shape.js';
import { conv2d } from '../ops/conv2d.js';
import { elementwise, type ElementwiseAttrs } from '../ops/elementwise.js';
import { exchangedStep } from '../ops/epilogue.js';
import type { EpilogueStep } from '../ops/steps.js';
import { batchNorm } from '../ops/normalization.js';
import { reshape, transpose } from '../ops/regroup.js';
import { pad } from '../ops/select.js';
import { parametersOf } from './fold-batch-norm.js';
import type { Pass } from './pass.js';

/** One rewriting of a node of the old graph; undefined when it does not apply. */
type Rule = (node: Node, facts: Facts, context: RewriteContext) => readonly ValueId[] | undefined;

interface Facts {
  readonly graph: Graph;
  readonly producer: readonly (Node | undefined)[];
}

/** Brings the many spellings of one thing to one form, so that later passes look for that form alone. */
export const canonicalize: Pass = {
  name: 'canonicalize',
  run(graph) {
    const facts: Facts = { graph, producer: producers(graph) };
    const rule: RewriteRule = (node, context) => {
      for (const apply of RULES) {
        const result = apply(node, facts, context);
        if (result !== undefined) return result;
      }
      return undefined;
    };
    return rewrite(graph, rule);
  },
};

/** A reshape to the same shape or a transpose that moves nothing is its input. */
const dropIdentity: Rule = (node, { graph }, { map }) => {
  const shapeStays =
    (isOp(node, reshape) && sameShape(node.attrs.shape, valueAt(graph, inputOf(node)).type.shape)) ||
    (isOp(node, transpose) && node.attrs.perm.every((axis, index) => axis === index));
  return shapeStays ? [map(inputOf(node))] : undefined;
};

/** transpose(transpose(x)) is one transpose. */
const mergeTransposes: Rule = (node, { producer, graph }, { builder, map }) => {
  const inner = producer[inputOf(node)];
  if (!isOp(node, transpose) || inner === undefined || !isOp(inner, transpose)) return undefined;
  const perm = node.attrs.perm.map((axis) => inner.attrs.perm[axis] ?? 0);
  return builder.add(transpose, [map(inputOf(inner))], { perm }, namesOf(graph, node));
};

/** reshape(reshape(x)) is one reshape. */
const mergeReshapes: Rule = (node, { producer, graph }, { builder, map }) => {
  const inner = producer[inputOf(node)];
  if (!isOp(node, reshape) || inner === undefined || !isOp(inner, reshape)) return undefined;
  return builder.add(reshape, [map(inputOf(inner))], node.attrs, namesOf(graph, node));
};

/** A batch normalisation that no convolution could take is a multiply and an add per channel. */
const splitBatchNorm: Rule = (node, { graph }, { builder, map }) => {
  const affine = parametersOf(graph, node);
  if (!isOp(node, batchNorm) || affine === undefined) return undefined;
  const rank = valueAt(graph, inputOf(node)).type.shape.length;
  const shape = [affine.scale.length, ...new Array<number>(rank - 2).fill(1)];
  const scale = builder.constant(`${node.name}.scale`, { dtype: 'f32', shape, data: Float32Array.from(affine.scale) });
  const shift = builder.constant(`${node.name}.shift`, { dtype: 'f32', shape, data: Float32Array.from(affine.shift) });
  const epilogue: EpilogueStep[] = [
    { kind: 'mul', operand: 1 },
    { kind: 'add', operand: 2 },
  ];
  return builder.add(elementwise, [map(inputOf(node)), scale, shift], { epilogue }, namesOf(graph, node));
};

/** Zero padding of the picture before a convolution is the convolution's own padding. */
const absorbPad: Rule = (node, { producer, graph }, { builder, map }) => {
  const before = producer[inputOf(node)];
  if (!isOp(node, conv2d) || before === undefined || !isOp(before, pad)) return undefined;
  const { mode, value, before: lead, after: tail, between } = before.attrs;
  if (between?.some((extra) => extra > 0) === true) return undefined;
  const spatialOnly = [...lead.slice(0, 2), ...tail.slice(0, 2)].every((extra) => extra === 0);
  const grows = [...lead, ...tail].every((extra) => extra >= 0);
  if (mode !== 'constant' || value !== 0 || !spatialOnly || !grows) return undefined;
  const [top, left, bottom, right] = node.attrs.pads;
  const pads = [top + (lead[2] ?? 0), left + (lead[3] ?? 0), bottom + (tail[2] ?? 0), right + (tail[3] ?? 0)] as const;
  const inputs = [inputOf(before), ...node.inputs.slice(1)].map(map);
  return builder.add(conv2d, inputs, { ...node.attrs, pads }, namesOf(graph, node));
};

/** The operand of the result's shape comes first where the function allows it: kernels walk the result by it. */
const fullOperandFirst: Rule = (node, { graph }, { builder, map }) => {
  const step = onlyStep(node);
  if (step === undefined || !('operand' in step)) return undefined;
  const exchanged = exchangedStep(step.kind);
  const result = valueAt(graph, outputOf(node)).type.shape;
  const [first, second] = [inputOf(node, 0), inputOf(node, step.operand)];
  const fills = (id: ValueId): boolean => sameShape(valueAt(graph, id).type.shape, result);
  if (exchanged === undefined || fills(first) || !fills(second)) return undefined;
  const epilogue: EpilogueStep[] = [{ kind: exchanged, operand: 1 }];
  return builder.add(elementwise, [map(second), map(first)], { epilogue }, namesOf(graph, node));
};

/** x·sigmoid(x) is silu, x·hardSigmoid(x) with slope 1/6 and offset 1/2 is hard-swish. */
const nameGatedActivations: Rule = (node, { producer, graph }, { builder, map }) => {
  const step = onlyStep(node);
  if (step?.kind !== 'mul') return undefined;
  const [a, b] = [inputOf(node, 0), inputOf(node, step.operand)];
  for (const [x, gated] of [
    [a, b],
    [b, a],
  ] as const) {
    const gate = producer[gated];
    if (gate === undefined || gate.inputs[0] !== x) continue;
    const kind = gatedName(onlyStep(gate));
    if (kind !== undefined) return builder.add(elementwise, [map(x)], { epilogue: [{ kind }] }, namesOf(graph, node));
  }
  return undefined;
};

function gatedName(gate: EpilogueStep | undefined): 'silu' | 'hardSwish' | undefined {
  if (gate?.kind === 'sigmoid') return 'silu';
  if (gate?.kind !== 'hardSigmoid') return undefined;
  // 1/6 is often stored as a float.
  return Math.abs(gate.alpha - 1 / 6) < 1e-7 && gate.beta === 0.5 ? 'hardSwish' : undefined;
}

/** The single step of an elementwise node. */
function onlyStep(node: Node): EpilogueStep | undefined {
  if (!isOp<ElementwiseAttrs>(node, elementwise)) return undefined;
  const [step, ...more] = node.attrs.epilogue;
  return more.length === 0 ? step : undefined;
}

function namesOf(graph: Graph, node: Node): { name: string; outputs: readonly string[] } {
  return { name: node.name, outputs: [valueAt(graph, outputOf(node)).name] };
}

const RULES: readonly Rule[] = [
  dropIdentity,
  mergeTransposes,
  mergeReshapes,
  splitBatchNorm,
  absorbPad,
  fullOperandFirst,
  nameGatedActivations,
];
