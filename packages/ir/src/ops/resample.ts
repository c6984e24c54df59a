import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { elementCount, sameShape } from '../core/shape.js';
import { fromNumbers, tensorType, toNumbers } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';

export interface ResampleAttrs {
  readonly axis: number;
}

/**
 * Weighted sums of elements along one axis (one axis of ONNX Resize): the result at place i is Σ_t w[t, i]·x[index[t, i]],
 * over the taps t. Inputs: x, the indices i64 [taps, extent] and the weights [taps, extent].
 */
export const resample = defineOp<ResampleAttrs>({
  kind: 'resample',
  traits: { layout: 'rowMajor' },
  infer(inputs, { axis }, where) {
    const [x, indices, weights] = inputs;
    if (x === undefined || indices === undefined || weights === undefined)
      fail('AIT2101', 'needs an input, indices and weights', { where });
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.shape.length) {
      fail('AIT2102', `axis ${axis} is outside rank ${x.shape.length}`, { where });
    }
    if (indices.shape.length !== 2 || indices.dtype !== 'i64' || !sameShape(indices.shape, weights.shape)) {
      fail('AIT2101', 'indices and weights must be matrices of one shape', { where });
    }
    if (weights.dtype !== x.dtype) fail('AIT2101', `mixes ${x.dtype} with ${weights.dtype}`, { where });
    return [tensorType(x.dtype, x.shape.with(axis, indices.shape[1] ?? 0))];
  },
  evaluate([x, indices, weights], { axis }) {
    if (x === undefined || indices === undefined || weights === undefined)
      throw new Error('resample needs three inputs');
    const [taps = 0, extent = 0] = indices.shape;
    const shape = x.shape.with(axis, extent);
    const from = x.shape[axis] ?? 1;
    const inner = elementCount(x.shape.slice(axis + 1));
    const places = toNumbers(indices);
    if (places.some((place) => place < 0 || place >= from)) fail('AIT2102', `an index lies outside 0…${from - 1}`);
    const values = resultBuffer(shape);
    for (let at = 0; at < values.length; at++) {
      const [k, line] = [at % inner, Math.floor(at / inner)];
      const [i, o] = [line % extent, Math.floor(line / extent)];
      for (let tap = 0; tap < taps; tap++) {
        const place = places[tap * extent + i] ?? 0;
        const value = Number(x.data[(o * from + place) * inner + k]);
        values[at] = (values[at] ?? 0) + Number(weights.data[tap * extent + i]) * value;
      }
    }
    return [fromNumbers(x.dtype, shape, values)];
  },
  multiplyAdds: (inputs, outputs) => elementCount(outputs[0]?.shape ?? [0]) * (inputs[1]?.shape[0] ?? 0),
});
