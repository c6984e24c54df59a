import type { CArg, CField } from '@ait-rvv/codegen-core';
import { positionBlocks, type TensorType, type ValueId } from '@ait-rvv/ir';

/** A whole number field. */
export function size(name: string, value: number): CField {
  return { name, arg: { kind: 'size', value } };
}

/** An array field of whole numbers, such as extents or strides. */
export function sizes(name: string, values: readonly number[]): CField {
  return { name, arg: { kind: 'array', type: '', items: values.map((value): CArg => ({ kind: 'size', value })) } };
}

/** The `struct ait_positions` of a tensor: how its positions lie in memory. */
export function positions(name: string, { shape, layout }: TensorType, value: ValueId | undefined): CField {
  const blocks = positionBlocks(shape, layout);
  if (blocks === undefined) throw new Error(`${name} has no runs of positions`);
  // A blocked tensor may be a slice of a join, whose blocks are longer.
  const stride: CArg =
    layout.block === undefined ? { kind: 'size', value: blocks.stride } : { kind: 'blockStride', value: value ?? -1 };
  const fields = [size('block', blocks.block), size('channel', blocks.channel), { name: 'stride', arg: stride }];
  return { name, arg: { kind: 'struct', fields } };
}

/** A field that points to a tensor. */
export function tensor(name: string, value: ValueId | undefined, elements = 0): CField {
  return { name, arg: { kind: 'value', value: value ?? -1, elements } };
}
