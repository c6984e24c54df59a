import { allocateData, byteSize, type DType, type TensorData } from './dtype.js';
import { layoutText, rowMajor, storedElements, type Layout } from './layout.js';
import { elementCount, type Shape } from './shape.js';

/** What a value is: element type, canonical shape, and where its elements lie. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** A tensor with its elements, dense and row-major in the canonical axis order. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}

/** A row-major type. */
export function tensorType(dtype: DType, shape: Shape, layout: Layout = rowMajor(shape.length)): TensorType {
  return { dtype, shape, layout };
}

export function typeOf(tensor: Tensor): TensorType {
  return tensorType(tensor.dtype, tensor.shape);
}

/** Bytes the tensor takes in memory, in its layout. */
export function typeBytes(type: TensorType): number {
  return storedElements(type.shape, type.layout) * byteSize(type.dtype);
}

/** `f32[1,64,56,56]:cnhw` */
export function typeText(type: TensorType): string {
  const layout = layoutText(type.layout);
  return `${type.dtype}[${type.shape.join(',')}]${layout === '' ? '' : `:${layout}`}`;
}

export function tensorF32(shape: Shape, values: ArrayLike<number>): Tensor {
  return { dtype: 'f32', shape, data: Float32Array.from(values) };
}

export function tensorI64(shape: Shape, values: readonly number[]): Tensor {
  return { dtype: 'i64', shape, data: BigInt64Array.from(values, (value) => BigInt(value)) };
}

export function zeros(dtype: DType, shape: Shape): Tensor {
  return { dtype, shape, data: allocateData(dtype, elementCount(shape)) };
}

/** Elements as numbers; i64 beyond 2^53 rounds, which only sentinels such as INT64_MAX reach. */
export function toNumbers(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** A tensor of `dtype` from numbers: integers truncate toward zero, i64 saturates, bool is "not zero". */
export function fromNumbers(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  if (dtype === 'i64') {
    const data = new BigInt64Array(values.length);
    for (let i = 0; i < values.length; i++) data[i] = saturate(values[i] ?? 0);
    return { dtype, shape, data };
  }
  const data = allocateData(dtype, values.length) as Float32Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    data[i] = dtype === 'bool' ? Number(value !== 0) : value;
  }
  return { dtype, shape, data };
}

function saturate(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}
