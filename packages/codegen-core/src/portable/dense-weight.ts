import { decodeWeight, type Value } from '@ait-rvv/ir';
import { tensor } from '../fields.js';
import type { CField, PackedWeights } from '../kernel.js';

/** A weight as a kernel reads it that knows dense tensors only: where it lies, and what has to be stored for that. */
export interface DenseWeight {
  readonly field: CField;
  readonly weights: readonly PackedWeights[];
}

/** Dense and computed weights lie where they are; a constant in another encoding is decoded. */
export function denseWeight(name: string, { id, type, constant }: Value): DenseWeight {
  if (constant === undefined || constant.kind === 'dense') return { field: tensor(name, id), weights: [] };
  const { data } = decodeWeight(constant, type);
  const pack = () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    field: { name, arg: { kind: 'packed', index: 0 } },
    weights: [{ name, bytes: data.byteLength, pack }],
  };
}
