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
