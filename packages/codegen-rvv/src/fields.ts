import { size, type CArg, type CField } from '@ait-rvv/codegen-core';
import { positionBlocks, positionCount, type TensorType, type ValueId } from '@ait-rvv/ir';

export { size, sizes, tensor } from '@ait-rvv/codegen-core';

/**
 * What kernels for pictures know of their tensors when they are made, and its part of the variant: positions in a block
 * of x and of y, 0 in the plain form.
 */
export function blockParameters(x: TensorType, y: TensorType) {
  const of = ({ shape, layout }: TensorType): number => {
    const block = positionBlocks(shape, layout)?.block ?? 0;
    return block < positionCount(shape) ? block : 0;
  };
  const [x_block, y_block] = [of(x), of(y)];
  const name = `${x_block === 0 ? '' : `x${x_block}`}${y_block === 0 ? '' : `y${y_block}`}`;
  return { blocks: { x_block, y_block }, name: name === '' ? '' : `${name}_` };
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
