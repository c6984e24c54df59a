import { fail } from '../diagnostics/diagnostic.js';
import { isFloat, wrapWhole, type DType } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { elementCount, sameShape } from '../core/shape.js';
import { tensorType, toNumbers } from '../core/tensor.js';

export interface ScatterAttrs {
  /** What becomes of an element: the update itself, or both combined; several updates of one row act in their order. */
  readonly mode: 'replace' | 'add' | 'mul' | 'min' | 'max';
}

/**
 * Input 0 `[rows, …]` with the slices of input 2 `[n, …]` written into the rows that input 1 `[n]` names, in their
 * order (the core of ONNX ScatterND and ScatterElements). Negative indices count from the end; rows that do not exist
 * are left out.
 */
export const scatter = defineOp<ScatterAttrs>({
  kind: 'scatter',
  traits: { layout: 'rowMajor' },
  infer(inputs, { mode }, where) {
    const [x, indices, updates] = inputs;
    if (x === undefined || indices === undefined || updates === undefined || x.shape.length === 0) {
      fail('AIT2101', 'needs data of rank 1 or more, indices and updates', { where });
    }
    if (indices.shape.length !== 1 || !sameShape(updates.shape, [indices.shape[0] ?? 0, ...x.shape.slice(1)])) {
      const list = [x, indices, updates].map((type) => `[${type.shape.join(',')}]`);
      fail('AIT2101', `data, indices and updates of ${list.join(', ')} do not fit together`, { where });
    }
    if (indices.dtype !== 'i64' && indices.dtype !== 'i32')
      fail('AIT2101', `indices are ${indices.dtype}, not i64 or i32`, { where });
    if (updates.dtype !== x.dtype) fail('AIT2101', `mixes ${x.dtype} with ${updates.dtype}`, { where });
    if (x.dtype === 'bool' && mode !== 'replace')
      fail('AIT2103', `the ${mode} of truth values makes no sense`, { where });
    return [tensorType(x.dtype, x.shape)];
  },
  evaluate([x, indices, updates], { mode }) {
    if (x === undefined || indices === undefined || updates === undefined)
      throw new Error('scatter needs three inputs');
    const [rows = 0, ...rest] = x.shape;
    const width = elementCount(rest);
    const data = x.data.slice() as Float32Array;
    const combine = combiner(mode, x.dtype);
    toNumbers(indices).forEach((index, i) => {
      const row = index < 0 ? index + rows : index;
      if (row < 0 || row >= rows) return;
      for (let k = 0; k < width; k++) {
        const at = row * width + k;
        data[at] = combine(data[at] ?? 0, (updates.data as Float32Array)[i * width + k] ?? 0);
      }
    });
    return [{ dtype: x.dtype, shape: x.shape, data }];
  },
});

/** The function of the old element and the update; on elements of i64 both are really bigint. */
function combiner(mode: ScatterAttrs['mode'], dtype: DType): (a: number, b: number) => number {
  if (dtype === 'i64' && (mode === 'add' || mode === 'mul')) {
    return (a, b) => {
      const [x, y] = [a, b] as unknown as [bigint, bigint];
      return wrapWhole('i64', mode === 'add' ? x + y : x * y) as unknown as number;
    };
  }
  switch (mode) {
    case 'replace':
      return (_, b) => b;
    case 'add':
      return (a, b) => a + b;
    case 'mul':
      return isFloat(dtype) ? (a, b) => a * b : Math.imul;
    case 'min':
      return (a, b) => (a !== a || a < b ? a : b);
    case 'max':
      return (a, b) => (a !== a || a > b ? a : b);
  }
}
