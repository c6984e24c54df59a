import { fail } from '../diagnostics/diagnostic.js';
import { isFloat, type DType } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { fromNumbers, fromWhole, tensorI64, tensorType, toNumbers, toWhole } from '../core/tensor.js';

export interface CastAttrs {
  readonly to: DType;
}

/**
 * Change of element type (ONNX Cast). To an integer type real numbers are cut off and saturate, NaN becomes 0; whole
 * numbers wrap around. Truth is "not zero".
 */
export const cast = defineOp<CastAttrs>({
  kind: 'cast',
  traits: { layout: 'follow' },
  infer(inputs, attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (x.dtype === 'f16' || attrs.to === 'f16') fail('AIT2103', 'casts from or to f16 are not supported', { where });
    return [tensorType(attrs.to, x.shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('cast without input');
    if (isFloat(x.dtype) || isFloat(attrs.to)) return [fromNumbers(attrs.to, x.shape, toNumbers(x))];
    return [fromWhole(attrs.to, x.shape, toWhole(x))];
  },
});

/** The extents of the input as i64 [rank] (ONNX Shape). */
export const shapeOf = defineOp<Record<string, never>>({
  kind: 'shapeOf',
  traits: { layout: 'any' },
  infer(inputs, _attrs, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    return [tensorType('i64', [x.shape.length])];
  },
  evaluate([x]) {
    if (x === undefined) throw new Error('shapeOf without input');
    return [tensorI64([x.shape.length], [...x.shape])];
  },
});
