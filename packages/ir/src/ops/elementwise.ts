import { fail } from '../diagnostics/diagnostic.js';
import { isFloat } from '../core/dtype.js';
import { broadcastShapes, elementCount, type Shape } from '../core/shape.js';
import { defineOp } from '../core/op.js';
import { fromNumbers, fromWhole, tensorType, toWhole, type Tensor, type TensorType } from '../core/tensor.js';
import { applyEpilogue, applyWholeEpilogue, checkEpilogue, resultBuffer, stepOperand } from './epilogue.js';
import { broadcastReader } from './indexing.js';
import type { EpilogueStep } from './steps.js';

export interface ElementwiseAttrs {
  /** At least one step, applied to input 0. */
  readonly epilogue: readonly EpilogueStep[];
}

/**
 * A chain of elementwise functions on input 0; every binary step broadcasts (ONNX multidirectional broadcasting).
 * Covers Relu, Clip, Add, Mul, … and any fused run of them.
 */
export const elementwise = defineOp<ElementwiseAttrs>({
  kind: 'elementwise',
  traits: { epilogue: true, elementwise: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined || attrs.epilogue.length === 0) fail('AIT2102', 'needs an input and a step', { where });
    const type = tensorType(x.dtype, resultShape(inputs, attrs, where));
    checkEpilogue(attrs.epilogue, inputs, type, 1, where);
    return [type];
  },
  evaluate(inputs, attrs) {
    const [x] = inputs;
    if (x === undefined) throw new Error('elementwise without input');
    const shape = broadcastShapes(...inputs.map((input) => input.shape)) ?? x.shape;
    if (!isFloat(x.dtype)) return [evaluateWhole(x, shape, attrs, inputs)];
    const values = resultBuffer(shape);
    const at = broadcastReader(x.shape, shape);
    for (let i = 0; i < values.length; i++) values[i] = Number(x.data[at(i)]);
    applyEpilogue(values, shape, attrs.epilogue, inputs, 1);
    return [fromNumbers(x.dtype, shape, values)];
  },
});

function evaluateWhole(x: Tensor, shape: Shape, attrs: ElementwiseAttrs, inputs: readonly Tensor[]): Tensor {
  const source = toWhole(x);
  const at = broadcastReader(x.shape, shape);
  const values = new BigInt64Array(elementCount(shape));
  values.forEach((_, i) => void (values[i] = source[at(i)] ?? 0n));
  applyWholeEpilogue(values, { dtype: x.dtype, shape }, attrs.epilogue, inputs);
  return fromWhole(x.dtype, shape, values);
}

function resultShape(inputs: readonly TensorType[], attrs: ElementwiseAttrs, where: string): Shape {
  const operands = attrs.epilogue.flatMap((step) => stepOperand(step) ?? []);
  const shapes = [0, ...operands].flatMap((index) => (inputs[index] === undefined ? [] : [inputs[index].shape]));
  const shape = broadcastShapes(...shapes);
  if (shape === undefined) {
    const list = shapes.map((s) => `[${s.join(',')}]`).join(' and ');
    fail('AIT2101', `shapes ${list} cannot be broadcast together`, { where });
  }
  return shape;
}
