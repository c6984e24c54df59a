import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount } from '../core/shape.js';
import { fromNumbers, tensorType } from '../core/tensor.js';
import { applyEpilogue, checkEpilogue, resultBuffer } from './epilogue.js';
import { broadcastReader } from './indexing.js';
import { requireReal } from './real.js';
import type { EpilogueStep } from './steps.js';

export interface NormalizeAttrs {
  /** Axes over which mean and variance are taken: ascending, non-negative, at least one. */
  readonly axes: readonly number[];
  readonly epsilon: number;
  /** Scale and shift, and what else follows; a `bias` lies along axis 1. */
  readonly epilogue: readonly EpilogueStep[];
}

/**
 * (x − mean) / √(variance + epsilon) over some axes (the core of ONNX LayerNormalization, InstanceNormalization and
 * GroupNormalization). Further inputs are epilogue operands.
 */
export const normalize = defineOp<NormalizeAttrs>({
  kind: 'normalize',
  traits: { epilogue: true, layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    const { axes } = attrs;
    const sound = axes.every((axis, i) => axis >= 0 && axis < x.shape.length && axis > (axes[i - 1] ?? -1));
    if (axes.length === 0 || !sound) {
      fail('AIT2102', `axes [${axes.join(',')}] do not fit rank ${x.shape.length}`, { where });
    }
    requireReal(x, 'normalisation', where);
    const type = tensorType(x.dtype, x.shape);
    checkEpilogue(attrs.epilogue, inputs, type, 1, where);
    return [type];
  },
  evaluate(inputs, { axes, epsilon, epilogue }) {
    const [x] = inputs;
    if (x === undefined) throw new Error('normalize without input');
    const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const at = broadcastReader(kept, x.shape);
    const values = resultBuffer(x.shape);
    const [means, variances] = [resultBuffer(kept), resultBuffer(kept)];
    const count = values.length / Math.max(1, means.length);
    const add = (sums: Float64Array, i: number, value: number): void => {
      sums[at(i)] = (sums[at(i)] ?? 0) + value / count;
    };
    for (let i = 0; i < values.length; i++) add(means, i, Number(x.data[i]));
    for (let i = 0; i < values.length; i++) add(variances, i, (Number(x.data[i]) - (means[at(i)] ?? 0)) ** 2);
    for (let i = 0; i < values.length; i++) {
      values[i] = (Number(x.data[i]) - (means[at(i)] ?? 0)) / Math.sqrt((variances[at(i)] ?? 0) + epsilon);
    }
    applyEpilogue(values, x.shape, epilogue, inputs, 1);
    return [fromNumbers(x.dtype, x.shape, values)];
  },
  steps: (_inputs, outputs) => 3 * elementCount(outputs[0]?.shape ?? [0]),
});
