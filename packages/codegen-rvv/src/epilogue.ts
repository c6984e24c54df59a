import {
  inputOf,
  pitchedGrid,
  sameLayout,
  sameShape,
  stepOperand,
  typeAt,
  type EpilogueStep,
  type Graph,
  type Node,
  type Shape,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { constantFields, operandStrides, stepConstants, type CArg, type CField } from '@ait-rvv/codegen-core';

export { operandStrides, stepConstants } from '@ait-rvv/codegen-core';

/**
 * How a tensor is read along the lanes: contiguous (`lane`), one scalar for all (`row`), or so many elements apart
 * (`strided`, kernels that walk all their tensors only).
 */
export type OperandForm = 'lane' | 'row' | 'strided';

/** A step as templates see it. */
export interface TemplateStep {
  /** `cap` is the upper bound of a clamp whose lower one is a relu. */
  readonly kind: EpilogueStep['kind'] | 'cap';
  readonly operand?: OperandForm;
}

export interface BoundEpilogue {
  readonly steps: readonly TemplateStep[];
  /** The `steps` field of the kernel's arguments. */
  readonly data: CArg;
  /** Node inputs that are read lane by lane, right where the result is stored: it may overwrite them. */
  readonly laneInputs: readonly number[];
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
  return bindSteps(graph, node, epilogue, typeAt(graph, node.outputs[0] ?? 0), walk);
}

/** The same of any steps whose operands are the node's inputs, on a tensor of type `result`. */
export function bindSteps(
  graph: Graph,
  node: Node,
  list: readonly EpilogueStep[],
  result: TensorType,
  walk: Walk,
): BoundEpilogue | string {
  const steps: TemplateStep[] = [];
  const items: CArg[] = [];
  const laneInputs: number[] = [];
  for (const step of list) {
    const index = stepOperand(step);
    if (index === undefined) {
      for (const part of stepParts(step)) {
        steps.push({ kind: part.kind });
        items.push({ kind: 'struct', fields: part.fields });
      }
      continue;
    }
    const place = placeOperand(step, typeAt(graph, inputOf(node, index)), result, walk);
    if (place === undefined) return `the operand of ${step.kind} is broadcast in a way that has no rows and lanes`;
    steps.push({ kind: step.kind, operand: place.operand });
    if (place.operand === 'lane') laneInputs.push(index);
    items.push({
      kind: 'struct',
      fields: [
        { name: 'p', arg: { kind: 'value', value: inputOf(node, index), elements: place.first } },
        { name: 'row_stride', arg: { kind: 'size', value: place.rowStride } },
        ...(place.operand === 'row' ? [] : [{ name: 'block_stride', arg: blockStride(place, inputOf(node, index)) }]),
      ],
    });
  }
  return { steps, data: { kind: 'array', type: 'struct ait_f32_step', items }, laneInputs };
}

/** A step without operand as templates know it: half of a clamp to [0, b] is a relu, which costs less than a bound. */
function stepParts(
  step: EpilogueStep,
): readonly { readonly kind: TemplateStep['kind']; readonly fields: readonly CField[] }[] {
  if (step.kind !== 'clamp' || step.min !== 0) return [{ kind: step.kind, fields: stepConstants(step) }];
  return [
    { kind: 'relu', fields: constantFields(0, 0) },
    { kind: 'cap', fields: constantFields(step.max, 0) },
  ];
}

/** How an operand is read while the result is walked. */
export interface OperandPlace {
  readonly operand: 'lane' | 'row';
  /** Elements before the first one. */
  readonly first: number;
  readonly rowStride: number;
  /** Elements from one block of the result's positions to the next; `own` where the operand lies in blocks itself. */
  readonly blockStride: number | 'own';
}

function blockStride({ blockStride: stride }: OperandPlace, operand: ValueId): CArg {
  return stride === 'own' ? { kind: 'blockStride', value: operand } : { kind: 'size', value: stride };
}

/** Whether an operand of this type can be read by rows and lanes; undefined when it cannot. */
export function placeOperand(
  step: EpilogueStep,
  operand: TensorType,
  result: TensorType,
  walk: Walk,
): OperandPlace | undefined {
  if (operand.layout.block !== undefined) return placeBlocked(operand, result);
  if (operand.layout.pitch !== undefined) return placePitched(operand, result);
  const channelAxis = walk.rows.length === 1 && walk.rows[0] === 1 ? 1 : result.shape.length - 1;
  const strides = operandStrides(step, operand, result.shape, channelAxis);
  const inWalk = (axes: readonly number[]): number | undefined => {
    const order = result.layout.order.filter((axis) => axes.includes(axis));
    return singleStride(order, result.shape, strides);
  };
  const lane = inWalk(walk.lanes);
  const rowStride = inWalk(walk.rows);
  if (rowStride === undefined || (lane !== 0 && lane !== 1)) return undefined;
  // Between the rows of a result on a pitch there are positions that a plain operand does not have.
  if (lane === 1 && result.layout.pitch !== undefined) return undefined;
  // A plain operand's positions go on from block to block.
  return { operand: lane === 1 ? 'lane' : 'row', first: 0, rowStride, blockStride: result.layout.block ?? 0 };
}

/** A position-blocked operand needs the same blocks in the result; its channels may be broadcast. */
function placeBlocked(operand: TensorType, result: TensorType): OperandPlace | undefined {
  const { block } = operand.layout;
  const channels = operand.shape[1] ?? 1;
  const samePositions = sameShape(operand.shape.with(1, 1), result.shape.with(1, 1));
  if (block === undefined || !sameLayout(operand.layout, result.layout) || !samePositions) return undefined;
  if (channels !== 1 && channels !== result.shape[1]) return undefined;
  return { operand: 'lane', first: 0, rowStride: channels === 1 ? 0 : block, blockStride: 'own' };
}

/** An operand on a pitch needs a result on the same one, in one plane. */
function placePitched(operand: TensorType, result: TensorType): OperandPlace | undefined {
  const { pitch } = operand.layout;
  if (pitch?.phases !== 1 || !sameLayout(operand.layout, result.layout) || !sameShape(operand.shape, result.shape))
    return undefined;
  const { lead, channel } = pitchedGrid(operand.shape, pitch);
  return { operand: 'lane', first: lead, rowStride: channel, blockStride: 0 };
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
