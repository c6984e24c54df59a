import {
  inputOf,
  layoutStrides,
  stepOperand,
  typeAt,
  type EpilogueStep,
  type Graph,
  type Node,
  type Shape,
  type TensorType,
} from '@ait-rvv/ir';
import type { CArg } from '@ait-rvv/codegen-core';

/**
 * How a tensor is read along the lanes: contiguous (`lane`), one scalar for all (`row`), or so many elements apart
 * (`strided`, elementwise kernels only).
 */
export type OperandForm = 'lane' | 'row' | 'strided';

/** A step as templates see it. */
export interface TemplateStep {
  readonly kind: EpilogueStep['kind'];
  readonly operand?: OperandForm;
}

export interface BoundEpilogue {
  readonly steps: readonly TemplateStep[];
  /** The `steps` field of the kernel's arguments. */
  readonly data: CArg;
}

/** How a kernel walks its result: one scalar row index over `rows`, contiguous lanes over `lanes` (canonical axes). */
export interface Walk {
  readonly rows: readonly number[];
  readonly lanes: readonly number[];
}

/** A channel-major result: rows are channels, lanes all positions. */
export function channelWalk(rank: number): Walk {
  return { rows: [1], lanes: Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1) };
}

/** A row-major matrix (or stack of them): lanes are the last axis. */
export function rowWalk(rank: number): Walk {
  return { rows: Array.from({ length: rank - 1 }, (_, axis) => axis), lanes: [rank - 1] };
}

/** Binds the node's epilogue to a walk; a string says which step does not fit and why. */
export function bindEpilogue(graph: Graph, node: Node, walk: Walk): BoundEpilogue | string {
  const { epilogue } = node.attrs as { readonly epilogue: readonly EpilogueStep[] };
  const result = typeAt(graph, node.outputs[0] ?? 0);
  const steps: TemplateStep[] = [];
  const items: CArg[] = [];
  for (const step of epilogue) {
    const index = stepOperand(step);
    if (index === undefined) {
      steps.push({ kind: step.kind });
      items.push({ kind: 'struct', fields: stepConstants(step) });
      continue;
    }
    const place = placeOperand(step, typeAt(graph, inputOf(node, index)), result, walk);
    if (place === undefined) return `the operand of ${step.kind} is broadcast in a way that has no rows and lanes`;
    steps.push({ kind: step.kind, operand: place.operand });
    items.push({
      kind: 'struct',
      fields: [
        { name: 'p', arg: { kind: 'value', value: inputOf(node, index) } },
        { name: 'row_stride', arg: { kind: 'size', value: place.rowStride } },
      ],
    });
  }
  return { steps, data: { kind: 'array', type: 'struct ait_f32_step', items } };
}

/** The constants a and b of a step without operand. */
export function stepConstants(step: EpilogueStep): { name: string; arg: CArg }[] {
  const [a, b] = constantsOf(step);
  return [
    { name: 'a', arg: { kind: 'float', value: a } },
    { name: 'b', arg: { kind: 'float', value: b } },
  ];
}

function constantsOf(step: EpilogueStep): readonly [number, number] {
  switch (step.kind) {
    case 'clamp':
      return [step.min, step.max];
    case 'leakyRelu':
    case 'elu':
    case 'celu':
    case 'thresholdedRelu':
      return [step.alpha, 0];
    case 'selu':
      return [step.alpha, step.gamma];
    case 'hardSigmoid':
      return [step.alpha, step.beta];
    case 'gelu':
      return [Number(step.approximate), 0];
    default:
      return [0, 0];
  }
}

/** Stride of the operand along every axis of the result, 0 where it is broadcast. */
export function operandStrides(step: EpilogueStep, operand: TensorType, result: Shape, channelAxis: number): number[] {
  if (step.kind === 'bias') return result.map((_, axis) => Number(axis === channelAxis));
  const own = layoutStrides(operand.shape, operand.layout);
  const lead = result.length - operand.shape.length;
  return result.map((_, axis) => (axis < lead || operand.shape[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0)));
}

/** Whether an operand of this type can be read by rows and lanes; undefined when it cannot. */
export function placeOperand(
  step: EpilogueStep,
  operand: TensorType,
  result: TensorType,
  walk: Walk,
): { readonly operand: 'lane' | 'row'; readonly rowStride: number } | undefined {
  const channelAxis = walk.rows.length === 1 && walk.rows[0] === 1 ? 1 : result.shape.length - 1;
  const strides = operandStrides(step, operand, result.shape, channelAxis);
  const inWalk = (axes: readonly number[]): number | undefined => {
    const order = result.layout.order.filter((axis) => axes.includes(axis));
    return singleStride(order, result.shape, strides);
  };
  const lane = inWalk(walk.lanes);
  const rowStride = inWalk(walk.rows);
  if (rowStride === undefined || (lane !== 0 && lane !== 1)) return undefined;
  return { operand: lane === 1 ? 'lane' : 'row', rowStride };
}

/** The stride of the axes taken as one, outermost first; undefined when no single stride serves. */
function singleStride(order: readonly number[], shape: Shape, strides: readonly number[]): number | undefined {
  const real = order.filter((axis) => shape[axis] !== 1);
  if (real.every((axis) => strides[axis] === 0)) return 0;
  let expected = strides[real[real.length - 1] ?? 0] ?? 0;
  const first = expected;
  for (const axis of [...real].reverse()) {
    if (strides[axis] !== expected) return undefined;
    expected *= shape[axis] ?? 1;
  }
  return first;
}
