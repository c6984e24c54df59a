import { pitchFields, size, type CArg, type CField } from '@ait-rvv/codegen-core';
import {
  fromNumbers,
  pitchedGrid,
  positionBlocks,
  positionCount,
  toWhole,
  type DType,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';

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

/** The `struct ait_pitch` of a tensor: where its rows lie. */
export function pitch(name: string, type: TensorType): CField {
  return { name, arg: { kind: 'struct', fields: pitchFields(type).map((field) => size(field.name, field.value)) } };
}

/** How a tensor lies, positions in runs (`x_at`) or rows on a pitch (`x_pitch`, and a run of each channel). */
export function places(side: string, type: TensorType, value: ValueId | undefined): readonly CField[] {
  const on = type.layout.pitch;
  if (on === undefined) return [positions(`${side}_at`, type, value)];
  const { channel } = pitchedGrid(type.shape, on);
  const run = [size('block', channel), size('channel', channel), size('stride', 0)];
  return [{ name: `${side}_at`, arg: { kind: 'struct', fields: run } }, pitch(`${side}_pitch`, type)];
}

/** A whole number of an element type; what the type cannot hold wraps around. */
export function whole(name: string, value: number, dtype: DType): CField {
  const [element = 0n] = toWhole(fromNumbers(dtype, [1], [value]));
  return { name, arg: { kind: 'whole', value: element } };
}
