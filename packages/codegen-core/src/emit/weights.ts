import {
  allocateData,
  elementCount,
  isRowMajor,
  layoutStrides,
  rowMajorStrides,
  valueAt,
  type Graph,
  type Tensor,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { ALIGNMENT } from '../memory-plan.js';
import type { PackedWeights } from '../kernel.js';

/** Bytes of the header of weights.bin; see native/runtime/include/ait/weights.h. */
export const HEADER_BYTES = 64;

/** Lays out the body of weights.bin: packed weights and plain constants, each once, each at a multiple of 64 bytes. */
export class WeightsWriter {
  readonly #parts: { readonly at: number; readonly bytes: number; readonly make: () => Uint8Array }[] = [];
  readonly #constants = new Map<ValueId, number>();
  #end = 0;

  /** Offset in the body of weights in a kernel's order. */
  packed(weights: PackedWeights): number {
    return this.#append(weights.bytes, weights.pack);
  }

  /** Offset in the body of a constant that kernels read as it is, in its type's layout. */
  constant(graph: Graph, id: ValueId): number {
    const known = this.#constants.get(id);
    if (known !== undefined) return known;
    const { constant, type, name } = valueAt(graph, id);
    if (constant?.kind !== 'dense') throw new Error(`${JSON.stringify(name)} is no dense constant`);
    const { tensor } = constant;
    const at = this.#append(tensor.data.byteLength, () => inMemoryOrder(tensor, type));
    this.#constants.set(id, at);
    return at;
  }

  /** Room behind the last part, so that a read beyond its end stays within the file. */
  reserve(bytes: number): void {
    this.#append(bytes, () => new Uint8Array(bytes));
  }

  get bodyBytes(): number {
    return this.#end;
  }

  /** The whole file, header included, and the hash the program checks it against. */
  finish(): { readonly file: Uint8Array; readonly hash: readonly number[] } {
    const file = new Uint8Array(HEADER_BYTES + this.#end);
    const body = file.subarray(HEADER_BYTES);
    for (const part of this.#parts) {
      const bytes = part.make();
      if (bytes.length !== part.bytes)
        throw new Error(`packed ${bytes.length} bytes where ${part.bytes} were announced`);
      body.set(bytes, part.at);
    }
    const hash = hash128(body);
    const view = new DataView(file.buffer);
    file.set([0x41, 0x49, 0x54, 0x57]);
    view.setUint32(4, 1, true);
    view.setBigUint64(8, BigInt(this.#end), true);
    hash.forEach((word, index) => view.setUint32(16 + 4 * index, word, true));
    return { file, hash };
  }

  #append(bytes: number, make: () => Uint8Array): number {
    const at = this.#end;
    this.#parts.push({ at, bytes, make });
    this.#end = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    return at;
  }
}

/** The hash documented in native/runtime/include/ait/weights.h; `bytes` is a multiple of 16 long. */
export function hash128(bytes: Uint8Array): readonly number[] {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 16) * 4);
  const h = Int32Array.from([0, 1, 2, 3], (lane) => 0x85ebca6b + lane);
  for (let at = 0; at < words.length; at += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const mixed = (h[lane] as number) ^ (words[at + lane] as number);
      h[lane] = Math.imul((mixed << 13) | (mixed >>> 19), 0x9e3779b1);
    }
  }
  return Array.from(h, (lane) => {
    let x = lane ^ bytes.length;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  });
}

function inMemoryOrder(tensor: Tensor, type: TensorType): Uint8Array {
  const { data } = tensor;
  if (isRowMajor(type.layout)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const from = rowMajorStrides(type.shape);
  const to = layoutStrides(type.shape, type.layout);
  const out = allocateData(tensor.dtype, data.length) as Float32Array;
  for (let i = 0; i < elementCount(type.shape); i++) {
    const at = to.reduce((sum, stride, axis) => {
      return sum + (Math.floor(i / (from[axis] ?? 1)) % (type.shape[axis] ?? 1)) * stride;
    }, 0);
    out[at] = data[i] as number;
  }
  return new Uint8Array(out.buffer);
}
