import { fail } from '../diagnostics/diagnostic.js';
import { isFloat } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { elementCount } from '../core/shape.js';
import { fromNumbers, fromWhole, tensorType, toWhole, type Tensor } from '../core/tensor.js';
import { resultBuffer } from './epilogue.js';

export interface ScanAttrs {
  readonly axis: number;
  /** Each result is the sum of the elements before its own, without it. */
  readonly exclusive: boolean;
  /** From the end of the axis to its beginning. */
  readonly reverse: boolean;
}

/** Running sums along one axis (ONNX CumSum, with the axis spelled out). */
export const scan = defineOp<ScanAttrs>({
  kind: 'scan',
  traits: { layout: 'rowMajor' },
  infer(inputs, { axis }, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.shape.length) {
      fail('AIT2102', `axis ${axis} is outside rank ${x.shape.length}`, { where });
    }
    if (x.dtype === 'bool') fail('AIT2103', 'the sum of truth values makes no sense', { where });
    return [tensorType(x.dtype, x.shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('scan without input');
    if (isFloat(x.dtype)) {
      const sums = resultBuffer(x.shape);
      scanLines(x, attrs, (line) => {
        let sum = 0;
        for (const at of line) {
          if (!attrs.exclusive) sum += Number(x.data[at]);
          sums[at] = sum;
          if (attrs.exclusive) sum += Number(x.data[at]);
        }
      });
      return [fromNumbers(x.dtype, x.shape, sums)];
    }
    const source = toWhole(x);
    const sums = new BigInt64Array(source.length);
    scanLines(x, attrs, (line) => {
      let sum = 0n;
      for (const at of line) {
        const value = source[at] ?? 0n;
        sums[at] = attrs.exclusive ? sum : sum + value;
        sum += value;
      }
    });
    return [fromWhole(x.dtype, x.shape, sums)];
  },
});

/** Hands every line along the axis to `visit`, as the places of its elements in the order of summing. */
function scanLines(x: Tensor, { axis, reverse }: ScanAttrs, visit: (line: readonly number[]) => void): void {
  const extent = x.shape[axis] ?? 1;
  const inner = elementCount(x.shape.slice(axis + 1));
  const outer = elementCount(x.shape.slice(0, axis));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const line = Array.from({ length: extent }, (_, k) => (o * extent + k) * inner + i);
      visit(reverse ? line.reverse() : line);
    }
  }
}
