/** Element types. Kernels are instantiated for f32; the others exist as types of constants and shapes. */
export type DType = 'f32' | 'f16' | 'i8' | 'u8' | 'u16' | 'i32' | 'i64' | 'bool' | 'f64';

/** Array type that holds the elements: f16 as its bit pattern, bool as 0 or 1. */
export type TensorData =
  Float32Array | Float64Array | Int8Array | Uint8Array | Uint16Array | Int32Array | BigInt64Array;

const BYTES = { f32: 4, f16: 2, i8: 1, u8: 1, u16: 2, i32: 4, i64: 8, bool: 1, f64: 8 } as const satisfies Record<
  DType,
  number
>;

export const DTYPES = Object.keys(BYTES) as readonly DType[];

export function isDType(text: string): text is DType {
  return Object.hasOwn(BYTES, text);
}

/** Size of one element in bytes. */
export function byteSize(dtype: DType): number {
  return BYTES[dtype];
}

/** A view of `count` elements over `buffer`, which must be aligned to the element size. */
export function viewData(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, count: number): TensorData {
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer, byteOffset, count);
    case 'f64':
      return new Float64Array(buffer, byteOffset, count);
    case 'f16':
    case 'u16':
      return new Uint16Array(buffer, byteOffset, count);
    case 'i8':
      return new Int8Array(buffer, byteOffset, count);
    case 'u8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, count);
    case 'i32':
      return new Int32Array(buffer, byteOffset, count);
    case 'i64':
      return new BigInt64Array(buffer, byteOffset, count);
  }
}

/** `count` zeroed elements. */
export function allocateData(dtype: DType, count: number): TensorData {
  return viewData(dtype, new ArrayBuffer(count * BYTES[dtype]), 0, count);
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'f32' || dtype === 'f64' || dtype === 'f16';
}

/** A whole number as an integer type stores it: wrapped around to its bits. */
export function wrapWhole(dtype: DType, value: bigint): bigint {
  const bits = 8 * BYTES[dtype];
  return dtype === 'u8' || dtype === 'u16' || dtype === 'bool'
    ? BigInt.asUintN(bits, value)
    : BigInt.asIntN(bits, value);
}
