import { allocateData } from '../core/dtype.js';
import { elementCount, type Shape } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { stridedReader } from './indexing.js';

/** A tensor of `shape` whose elements are read from `x` at `base + Σ coordinate·stride`. */
export function gatherElements(x: Tensor, shape: Shape, strides: readonly number[], base: number): Tensor {
  const count = elementCount(shape);
  const data = allocateData(x.dtype, count) as Float32Array;
  const source = x.data as Float32Array;
  const at = stridedReader(shape, strides, base);
  for (let i = 0; i < count; i++) data[i] = source[at(i)] as number;
  return { dtype: x.dtype, shape, data };
}
