import type { CArg, CField } from '@ait-rvv/codegen-core';
import { fromNumbers, toWhole, type DType, type ValueId } from '@ait-rvv/ir';

/** A whole number field. */
export function size(name: string, value: number): CField {
  return { name, arg: { kind: 'size', value } };
}

/** An array field of whole numbers, such as extents or strides. */
export function sizes(name: string, values: readonly number[]): CField {
  return { name, arg: { kind: 'array', type: '', items: values.map((value): CArg => ({ kind: 'size', value })) } };
}

/** A field that points to a tensor. */
export function tensor(name: string, value: ValueId | undefined, elements = 0): CField {
  return { name, arg: { kind: 'value', value: value ?? -1, elements } };
}

/** A whole number of an element type; what the type cannot hold wraps around. */
export function whole(name: string, value: number, dtype: DType): CField {
  const [element = 0n] = toWhole(fromNumbers(dtype, [1], [value]));
  return { name, arg: { kind: 'whole', value: element } };
}
