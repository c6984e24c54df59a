import { fail } from '../diagnostics/diagnostic.js';
import { allocateData } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { elementCount } from '../core/shape.js';
import { tensorType, type Tensor } from '../core/tensor.js';

export interface TopkAttrs {
  readonly axis: number;
  /** How many are picked, at most the extent of the axis. */
  readonly k: number;
  readonly mode: 'max' | 'min';
  /** Of equal elements the last one comes first. */
  readonly last: boolean;
}

/**
 * The k largest or smallest elements along an axis, best first, and their indices as i64 (ONNX TopK, and with k = 1
 * ArgMax and ArgMin). NaN is beyond every number.
 */
export const topk = defineOp<TopkAttrs>({
  kind: 'topk',
  traits: { layout: 'rowMajor' },
  infer(inputs, { axis, k, last }, where) {
    const [x] = inputs;
    if (x === undefined) fail('AIT2101', 'needs an input', { where });
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.shape.length) {
      fail('AIT2102', `axis ${axis} is outside rank ${x.shape.length}`, { where });
    }
    const extent = x.shape[axis] ?? 0;
    if (!Number.isInteger(k) || k < 0 || k > extent) {
      fail('AIT2102', `picks ${k} of ${extent} elements`, { where });
    }
    if (last && k !== 1) fail('AIT2102', 'the last of equal elements can be asked for alone only', { where });
    const shape = x.shape.with(axis, k);
    return [tensorType(x.dtype, shape), tensorType('i64', shape)];
  },
  evaluate([x], attrs) {
    if (x === undefined) throw new Error('topk without input');
    return pick(x, attrs);
  },
  steps: (inputs, _outputs, { k }) => elementCount(inputs[0]?.shape ?? [0]) * k,
});

function pick(x: Tensor, { axis, k, mode, last }: TopkAttrs): readonly Tensor[] {
  const extent = x.shape[axis] ?? 1;
  const inner = elementCount(x.shape.slice(axis + 1));
  const outer = elementCount(x.shape.slice(0, axis));
  const shape = x.shape.with(axis, k);
  const values = allocateData(x.dtype, elementCount(shape)) as Float32Array;
  const indices = new BigInt64Array(values.length);
  const order = (a: number | bigint, b: number | bigint): number => {
    if (a === b) return 0;
    if (a !== a || b !== b) return a === a ? 1 : b === b ? -1 : 0;
    return (mode === 'max' ? a > b : a < b) ? -1 : 1;
  };
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const line = Array.from({ length: extent }, (_, index) => ({
        index,
        value: x.data[(o * extent + index) * inner + i] ?? 0,
      }));
      line.sort((a, b) => order(a.value, b.value) || (last ? b.index - a.index : a.index - b.index));
      line.slice(0, k).forEach(({ index, value }, place) => {
        const at = (o * k + place) * inner + i;
        values[at] = value as number;
        indices[at] = BigInt(index);
      });
    }
  }
  return [
    { dtype: x.dtype, shape, data: values },
    { dtype: 'i64', shape, data: indices },
  ];
}
