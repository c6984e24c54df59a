import { fromNumbers, type Tensor } from '@ait-rvv/ir';
import type { AttributeValue, TestModel } from '../onnx-model.js';

export type OpCase = Omit<TestModel, 'nodes' | 'outputs'> & {
  /** Operator; the inputs of the model and then the initializers are its inputs unless `reads` says otherwise. */
  readonly type: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly reads?: readonly string[];
  readonly results?: number;
  /** Bound on the difference from ONNX Runtime where it computes less exactly than usual. */
  readonly tolerance?: number;
};

export type OpCases = Readonly<Record<string, OpCase>>;

export const f = (value: number) => ({ float: value });
export const scalar = (value: number): Tensor => fromNumbers('f32', [], [value]);
export const whole = (shape: readonly number[], ...values: number[]): Tensor => fromNumbers('i64', shape, values);
export const picture = { x: [2, 4, 7, 9] };

/** The model of a case. */
export function caseModel({ type, attributes = {}, reads, results = 1, tolerance: _, ...rest }: OpCase): TestModel {
  const outputs = Array.from({ length: results }, (_, index) => `y${index}`);
  const inputs = reads ?? [...Object.keys(rest.inputs), ...Object.keys(rest.initializers ?? {})];
  return { ...rest, nodes: [{ type, inputs, outputs, attributes }], outputs };
}

/** Shapes without elements, which a file leaves open. */
export function emptyShapes({ inputs }: OpCase): ReadonlyMap<string, readonly number[]> {
  const empty = Object.entries(inputs).filter(([, extents]) => extents.includes(0));
  return new Map(empty as [string, readonly number[]][]);
}
