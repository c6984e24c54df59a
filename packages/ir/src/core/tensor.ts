import { allocateData, byteSize, isFloat, type DType, type TensorData } from './dtype.js';
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

/** Elements as exact whole numbers; fractions are cut off. */
export function toWhole(tensor: Tensor): BigInt64Array {
  if (tensor.data instanceof BigInt64Array) return tensor.data;
  return BigInt64Array.from(tensor.data, saturate);
}

/** A tensor of an integer type from whole numbers, which wrap around; bool is "not zero". */
export function fromWhole(dtype: DType, shape: Shape, values: BigInt64Array): Tensor {
  if (dtype === 'i64') return { dtype, shape, data: values };
  const data = allocateData(dtype, values.length) as Int32Array;
  // A typed array wraps by itself; the low 32 bits are all that the narrower types keep.
  values.forEach((value, i) => {
    data[i] = dtype === 'bool' ? Number(value !== 0n) : Number(BigInt.asIntN(32, value));
  });
  return { dtype, shape, data };
}

/** A tensor of `dtype` from numbers: integers truncate toward zero and saturate, bool is "not zero". */
export function fromNumbers(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  if (!isFloat(dtype) && dtype !== 'bool') {
    const data = allocateData(dtype, values.length);
    const [low, high] = RANGES[dtype] ?? [-(2 ** 31), 2 ** 31 - 1];
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (data instanceof BigInt64Array) data[i] = saturate(value);
      else data[i] = Number.isNaN(value) ? 0 : Math.min(high, Math.max(low, Math.trunc(value)));
    }
    return { dtype, shape, data };
  }
  const data = allocateData(dtype, values.length) as Float32Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    data[i] = dtype === 'bool' ? Number(value !== 0) : value;
  }
  return { dtype, shape, data };
}

const RANGES: Partial<Record<DType, readonly [low: number, high: number]>> = {
  i8: [-128, 127],
  u8: [0, 255],
  u16: [0, 65535],
};

function saturate(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}
