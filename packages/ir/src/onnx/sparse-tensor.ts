import type { Budget } from '../core/budget.js';
import { elementCount, rowMajorStrides } from '../core/shape.js';
import { tensorType, toNumbers, typeBytes, zeros, type Tensor } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { toNumber, type SparseTensorMessage, type TensorMessage } from './messages.js';

/**
 * The dense form of a SparseTensorProto: `values` [n], and `indices` either [n], into the row-major elements, or
 * [n, rank]. Throws AIT1002 for parts that do not fit, AIT1007 when the dense form takes more than `memory` has left.
 */
export function readSparseTensor(
  { values: stored, indices: places, dims = [] }: Partial<SparseTensorMessage>,
  read: (message: Partial<TensorMessage>) => Tensor,
  memory: Budget,
): Tensor {
  const where = `sparse tensor ${quoteName(stored?.name ?? '')}`;
  if (!stored || !places) fail('AIT1002', 'has no values or no indices.', { where });
  const [values, indices] = [read(stored), read(places)];
  const shape = dims.map(toNumber);
  const count = values.data.length;
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    fail('AIT1002', `the shape [${shape.join(',')}] is impossible.`, { where });
  }
  const strides = indices.shape.length === 1 ? [1] : rowMajorStrides(shape);
  if (indices.dtype !== 'i64' || indices.data.length !== count * strides.length || indices.shape[0] !== count) {
    fail('AIT1002', `[${indices.shape.join(',')}] indices do not place ${count} values.`, { where });
  }
  if (!memory.take(typeBytes(tensorType(values.dtype, shape)))) {
    fail('AIT1007', `its dense form [${shape.join(',')}] is too large.`, { where });
  }
  const dense = zeros(values.dtype, shape);
  const extents = indices.shape.length === 1 ? [elementCount(shape)] : shape;
  const at = toNumbers(indices);
  for (let i = 0; i < count; i++) {
    let target = 0;
    strides.forEach((stride, axis) => {
      const index = at[i * strides.length + axis] ?? -1;
      if (!(index >= 0 && index < (extents[axis] ?? 0))) fail('AIT1002', 'an index lies outside.', { where });
      target += index * stride;
    });
    (dense.data as Float32Array)[target] = values.data[i] as number;
  }
  return dense;
}
