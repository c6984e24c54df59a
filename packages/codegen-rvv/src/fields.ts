import { size, type CArg, type CField } from '@ait-rvv/codegen-core';
import { fromNumbers, positionBlocks, toWhole, type DType, type TensorType, type ValueId } from '@ait-rvv/ir';

export { size, sizes, tensor } from '@ait-rvv/codegen-core';

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

/** A whole number of an element type; what the type cannot hold wraps around. */
export function whole(name: string, value: number, dtype: DType): CField {
  const [element = 0n] = toWhole(fromNumbers(dtype, [1], [value]));
  return { name, arg: { kind: 'whole', value: element } };
}
