import { groupsOf, keptColumns, type Sparsity } from '../columns/sparsity.js';
import { planMatrix, type PlanLayer } from './schema.js';

type Shaped = Pick<PlanLayer, 'shape' | 'rowAxis'> & Sparsity & { readonly tileRows: number };

/** Columns of every tile as the text of a plan: a bit a column, each tile in whole bytes, base64. */
export function encodeColumnSets(layer: Shaped, columns: Uint32Array): string {
  const { depth } = planMatrix(layer);
  const kept = keptColumns(layer, depth);
  const stride = Math.ceil(depth / 8);
  const bytes = new Uint8Array((columns.length / kept) * stride);
  columns.forEach((column, at) => {
    const byte = Math.floor(at / kept) * stride + (column >>> 3);
    bytes[byte] = (bytes[byte] as number) | (1 << (column & 7));
  });
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** `[tiles][kept]` from the text of a plan; undefined when it keeps other than N of every M columns somewhere. */
export function decodeColumnSets(layer: Shaped, text: string): Uint32Array | undefined {
  const { rows, depth } = planMatrix(layer);
  const stride = Math.ceil(depth / 8);
  const tiles = Math.ceil(rows / layer.tileRows);
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  if (binary.length !== tiles * stride) return undefined;
  const columns: number[] = [];
  const groups = groupsOf(layer, depth);
  for (let tile = 0; tile < tiles; tile++) {
    for (const { begin, end, kept } of groups) {
      const before = columns.length;
      for (let column = begin; column < end; column++) {
        if ((binary.charCodeAt(tile * stride + (column >>> 3)) >>> (column & 7)) & 1) columns.push(column);
      }
      if (columns.length - before !== kept) return undefined;
    }
  }
  return Uint32Array.from(columns);
}
