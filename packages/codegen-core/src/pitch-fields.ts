import { pitchedGrid, type TensorType } from '@ait-rvv/ir';

/** The fields of a tensor's `struct ait_pitch` (native/runtime/include/ait/pitch.h); none where its rows lie on no pitch. */
export function pitchFields({
  shape,
  layout,
}: TensorType): readonly { readonly name: string; readonly value: number }[] {
  if (layout.pitch === undefined) return [];
  const grid = pitchedGrid(shape, layout.pitch);
  return [
    { name: 'width', value: grid.width },
    { name: 'height', value: grid.height },
    { name: 'inner_width', value: grid.innerWidth },
    { name: 'inner_height', value: grid.innerHeight },
    { name: 'lead', value: grid.lead },
    { name: 'positions', value: grid.positions },
    { name: 'plane', value: grid.plane },
    { name: 'channel', value: grid.channel },
    { name: 'channels', value: shape[1] ?? 1 },
    { name: 'phases', value: layout.pitch.phases },
  ];
}
