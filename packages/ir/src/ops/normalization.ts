import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, sameShape } from '../core/shape.js';
import { fromNumbers, tensorType } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';
import { requireReal } from './real.js';

export interface BatchNormAttrs {
  readonly epsilon: number;
}

/**
 * Batch normalisation at inference (ONNX BatchNormalization): inputs x [N, C, …], scale, bias, mean, variance [C].
 */
export const batchNorm = defineOp<BatchNormAttrs>({
  kind: 'batchNorm',
  traits: { elementwise: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x, ...parameters] = inputs;
    if (x === undefined || x.shape.length < 2 || parameters.length !== 4) {
      fail('AIT2101', 'needs an input of rank 2 or more and scale, bias, mean and variance', { where });
    }
    for (const parameter of parameters) {
      if (!sameShape(parameter.shape, [x.shape[1] ?? 0])) {
        fail('AIT2101', `parameter [${parameter.shape.join(',')}] does not fit ${x.shape[1]} channels`, { where });
      }
    }
    requireReal(x, 'batch normalisation', where);
    return [tensorType(x.dtype, x.shape)];
  },
  evaluate(inputs, attrs) {
    const [x, scale, bias, mean, variance] = inputs;
    if (!x || !scale || !bias || !mean || !variance) throw new Error('batchNorm needs five inputs');
    const values = resultBuffer(x.shape);
    const channels = x.shape[1] ?? 1;
    const inner = elementCount(x.shape.slice(2));
    for (let i = 0; i < values.length; i++) {
      const c = Math.floor(i / inner) % channels;
      const factor = Number(scale.data[c]) / Math.sqrt(Number(variance.data[c]) + attrs.epsilon);
      values[i] = (Number(x.data[i]) - Number(mean.data[c])) * factor + Number(bias.data[c]);
    }
    return [fromNumbers(x.dtype, x.shape, values)];
  },
});

export interface SoftmaxAttrs {
  readonly axis: number;
  /** The logarithm of the result. */
  readonly log?: boolean;
}

/** exp(x − max) / Σ exp(x − max) along one axis, or its logarithm (ONNX Softmax-13, LogSoftmax-13). */
export const softmax = defineOp<SoftmaxAttrs>({
  kind: 'softmax',
  traits: { layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (!Number.isInteger(attrs.axis) || attrs.axis < 0 || attrs.axis >= x.shape.length) {
      fail('AIT2102', `axis ${attrs.axis} is outside rank ${x.shape.length}`, { where });
    }
    requireReal(x, 'softmax', where);
    return [tensorType(x.dtype, x.shape)];
  },
  evaluate(inputs, attrs) {
    const [x] = inputs;
    if (x === undefined) throw new Error('softmax without input');
    const values = resultBuffer(x.shape);
    const extent = x.shape[attrs.axis] ?? 1;
    const inner = elementCount(x.shape.slice(attrs.axis + 1));
    for (let start = 0; start < values.length; start++) {
      if (Math.floor(start / inner) % extent !== 0) continue;
      softmaxLine(values, x.data as Float32Array, { start, step: inner, count: extent, log: attrs.log === true });
    }
    return [fromNumbers(x.dtype, x.shape, values)];
  },
});

interface Line {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly log: boolean;
}

function softmaxLine(out: Float64Array, x: Float32Array, { start, step, count, log }: Line): void {
  let max = -Infinity;
  for (let i = 0; i < count; i++) max = Math.max(max, x[start + i * step] as number);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp((x[start + i * step] as number) - max);
  for (let i = 0; i < count; i++) {
    const value = (x[start + i * step] as number) - max;
    out[start + i * step] = log ? value - Math.log(sum) : Math.exp(value) / sum;
  }
}
