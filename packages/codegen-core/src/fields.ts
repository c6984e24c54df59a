import type { CArg, CField } from './kernel.js';
import type { ValueId } from '@ait-rvv/ir';

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
