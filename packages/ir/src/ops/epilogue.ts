import { fail } from '../diagnostics/diagnostic.js';
import { isFloat, wrapWhole, type DType } from '../core/dtype.js';
import { broadcastShapes, elementCount, sameShape, type Shape } from '../core/shape.js';
import { toWhole, type Tensor, type TensorType } from '../core/tensor.js';
import { broadcastReader } from './indexing.js';
import { STEPS, type BinaryFunction, type EpilogueStep, type StepDef, type StepKind } from './steps.js';

/** The node input a step reads, or undefined for a unary step. */
export function stepOperand(step: EpilogueStep): number | undefined {
  return 'operand' in step ? step.operand : undefined;
}

/** The binary function with its operands exchanged; undefined where there is none. */
export function exchangedStep(kind: StepKind): BinaryFunction | undefined {
  return EXCHANGED[kind];
}

const EXCHANGED: Partial<Record<StepKind, BinaryFunction>> = {
  add: 'add',
  mul: 'mul',
  sub: 'rsub',
  rsub: 'sub',
  div: 'rdiv',
  rdiv: 'div',
};

/** The same step reading another node input. */
export function withOperand(step: EpilogueStep, operand: number): EpilogueStep {
  return 'operand' in step ? { ...step, operand } : step;
}

/** Checks operands against the result they are applied to: in range, same dtype, broadcastable without growing it. */
export function checkEpilogue(
  steps: readonly EpilogueStep[],
  inputs: readonly TensorType[],
  result: TensorType,
  channelAxis: number,
  where: string,
): void {
  for (const step of steps) {
    if (!isDefinedOn(step, result.dtype)) fail('AIT2103', `${step.kind} of ${result.dtype} makes no sense`, { where });
    const index = stepOperand(step);
    if (index === undefined) continue;
    const operand = inputs[index];
    if (operand === undefined)
      fail('AIT2102', `step ${step.kind} reads input ${index}, which does not exist`, { where });
    if (operand.dtype !== result.dtype) {
      fail('AIT2101', `step ${step.kind} mixes ${result.dtype} with ${operand.dtype}`, { where });
    }
    const fits =
      step.kind === 'bias'
        ? sameShape(operand.shape, [result.shape[channelAxis] ?? 1])
        : sameShape(broadcastShapes(result.shape, operand.shape) ?? [-1], result.shape);
    if (!fits) {
      const message = `operand [${operand.shape.join(',')}] of step ${step.kind} does not fit the result`;
      fail('AIT2101', `${message} [${result.shape.join(',')}]`, { where });
    }
  }
}

/** Whether the step has a meaning on elements of this type. */
export function isDefinedOn(step: EpilogueStep, dtype: DType): boolean {
  const { meaning, whole } = definition(step);
  if (dtype === 'bool') return TRUTH_STEPS.has(step.kind);
  return (isFloat(dtype) ? meaning : whole) !== undefined;
}

/** Steps that make truth values of truth values. */
const TRUTH_STEPS: ReadonlySet<string> = new Set<EpilogueStep['kind']>([
  'and',
  'or',
  'xor',
  'not',
  'min',
  'max',
  'mul',
]);

function definition(step: EpilogueStep): StepDef<EpilogueStep> {
  return STEPS[step.kind] as StepDef<EpilogueStep>;
}

/** Applies the steps in order to `values` (row-major, of `shape`), in place and in double precision. */
export function applyEpilogue(
  values: Float64Array,
  shape: Shape,
  steps: readonly EpilogueStep[],
  inputs: readonly Tensor[],
  channelAxis: number,
): void {
  for (const step of steps) {
    const apply = definition(step).meaning?.(step);
    if (apply === undefined) throw new Error(`step ${step.kind} has no meaning on real numbers`);
    const index = stepOperand(step);
    if (index === undefined) {
      for (let i = 0; i < values.length; i++) values[i] = apply(values[i] ?? 0, 0);
      continue;
    }
    const operand = inputs[index];
    if (operand === undefined) throw new Error(`step ${step.kind}: no input ${index}`);
    const aligned = step.kind === 'bias' ? channelShape(shape, channelAxis) : operand.shape;
    const at = broadcastReader(aligned, shape);
    const data = operand.data as Float32Array;
    for (let i = 0; i < values.length; i++) values[i] = apply(values[i] ?? 0, Number(data[at(i)]));
  }
}

/** The same on whole numbers, exact and wrapped to `dtype` after every step. */
export function applyWholeEpilogue(
  values: BigInt64Array,
  { dtype, shape }: Pick<TensorType, 'dtype' | 'shape'>,
  steps: readonly EpilogueStep[],
  inputs: readonly Tensor[],
): void {
  for (const step of steps) {
    const { whole } = definition(step);
    const index = stepOperand(step);
    const operand = index === undefined ? undefined : inputs[index];
    if (whole === undefined) throw new Error(`step ${step.kind} has no meaning on whole numbers`);
    const at = broadcastReader(operand?.shape ?? [], shape);
    const other = operand === undefined ? BigInt64Array.of(0n) : toWhole(operand);
    values.forEach((value, i) => {
      values[i] = wrapWhole(dtype, whole(value, other[at(i)] ?? 0n));
    });
  }
}

function channelShape(shape: Shape, channelAxis: number): Shape {
  return shape.map((extent, axis) => (axis === channelAxis ? extent : 1));
}

/** Elements of the result, for callers that allocate it. */
export function resultBuffer(shape: Shape): Float64Array {
  return new Float64Array(elementCount(shape));
}
