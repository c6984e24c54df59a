import { byteSize, viewData, type DType } from '../core/dtype.js';
import { elementCount } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';

/** numpy's spelling of the element types, little-endian. */
const DESCR = {
  f32: '<f4',
  f64: '<f8',
  f16: '<f2',
  i8: '|i1',
  u8: '|u1',
  u16: '<u2',
  i32: '<i4',
  i64: '<i8',
  bool: '|b1',
} as const satisfies Record<DType, string>;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Reads a .npy array (format 1 and 2, C order, little-endian). Throws AIT2202; `name` says which in messages. */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const where = quoteName(name);
  if (bytes.length < 12 || MAGIC.some((byte, index) => bytes[index] !== byte))
    fail('AIT2202', 'is no .npy array.', { where });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6] === 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) fail('AIT2202', 'has a damaged .npy header.', { where });
  const { dtype, shape } = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(start, end)), where);
  const count = elementCount(shape);
  const size = count * byteSize(dtype);
  if (!Number.isSafeInteger(size) || size !== bytes.length - end) {
    fail('AIT2202', `has ${bytes.length - end} bytes of elements, its shape [${shape.join(',')}] needs ${size}.`, {
      where,
    });
  }
  // A copy of its own is always aligned. Not slice(): that of a Node.js Buffer shares memory.
  const data = viewData(dtype, new Uint8Array(bytes.subarray(end)).buffer, 0, count);
  return { dtype, shape, data };
}

/** The .npy form of a tensor: format 1, C order. */
export function writeNpy(tensor: Tensor): Uint8Array {
  const dims = tensor.shape.join(', ') + (tensor.shape.length === 1 ? ',' : '');
  const text = `{'descr': '${DESCR[tensor.dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const { data } = tensor;
  const out = new Uint8Array(total + data.byteLength);
  out.set([...MAGIC, 1, 0, (total - 10) & 0xff, (total - 10) >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(total - 11)}\n`), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), total);
  return out;
}

function parseHeader(header: string, where: string): { dtype: DType; shape: number[] } {
  const match =
    /^\{'descr': '([<>|=][a-z][0-9]{1,2})', 'fortran_order': (True|False), 'shape': \(((?:[0-9]{1,15}(?:, ?|,?(?=\))))*)\), ?\} *\n?$/.exec(
      header,
    );
  if (match === null) fail('AIT2202', 'has a .npy header that cannot be read.', { where });
  const [, descr = '', fortran, dims = ''] = match;
  if (fortran === 'True') {
    fail('AIT2202', 'is stored in Fortran order.', { where, hint: 'Save numpy.ascontiguousarray(x).' });
  }
  const dtype = (Object.keys(DESCR) as DType[]).find((key) => DESCR[key] === descr);
  if (dtype === undefined) {
    const known = Object.values(DESCR).join(', ');
    fail('AIT2202', `has the element type ${descr}.`, { where, hint: `Known are ${known}.` });
  }
  return { dtype, shape: dims.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)])) };
}
