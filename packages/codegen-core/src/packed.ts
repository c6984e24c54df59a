import { toNumbers, type Tensor } from '@ait-rvv/ir';
import type { PackedWeights } from './kernel.js';

/** A constant of whole numbers below 2^31 as int32_t, in its own order. */
export function packedIndices(name: string, tensor: Tensor): PackedWeights {
  return packed(name, tensor, () => Int32Array.from(toNumbers(tensor)));
}

/** A constant as float, in its own order. */
export function packedFloats(name: string, tensor: Tensor): PackedWeights {
  return packed(name, tensor, () => Float32Array.from(toNumbers(tensor)));
}

function packed(name: string, { data }: Tensor, values: () => Int32Array | Float32Array): PackedWeights {
  return {
    name,
    bytes: 4 * data.length,
    pack: () => {
      const { buffer, byteOffset, byteLength } = values();
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
  };
}
