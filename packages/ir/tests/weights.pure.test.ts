import { CompileError, tensorF32, tensorI64, type Tensor } from '@ait-rvv/ir';
import {
  RandomSource,
  readNpy,
  readNpz,
  readSafetensors,
  seedFor,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from '@ait-rvv/ir/weights';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const inflate = (bytes: Uint8Array, size: number): Uint8Array => inflateRawSync(bytes, { maxOutputLength: size });

function message(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  return 'accepted';
}

const tensors: ReadonlyMap<string, Tensor> = new Map([
  ['image', tensorF32([2, 3], [1, -2, 0.5, NaN, Infinity, 1e-40])],
  ['größe', tensorI64([], [7])],
  ['empty', tensorF32([0, 4], [])],
  ['flags', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
]);

describe('.npy', () => {
  test('every tensor reads back', () => {
    for (const [name, tensor] of tensors) expect(readNpy(writeNpy(tensor), name)).toEqual(tensor);
  });

  test('the header is what numpy writes', () => {
    const bytes = writeNpy(tensorF32([2], [1, 2]));
    expect(new TextDecoder('latin1').decode(bytes.subarray(10, 70))).toContain(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
    );
    expect((bytes.length - 8) % 64).toBe(0);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['another file', () => new TextEncoder().encode('not an array at all'), 'AIT2202 "x": is no .npy array.'],
    [
      'cut elements',
      (bytes) => bytes.subarray(0, bytes.length - 1),
      'AIT2202 "x": has 7 bytes of elements, its shape [2] needs 8.',
    ],
    ['cut header', (bytes) => bytes.subarray(0, 40), 'AIT2202 "x": has a damaged .npy header.'],
    [
      'Fortran order',
      (bytes) => replace(bytes, 'False', 'True '),
      'AIT2202 "x": has a .npy header that cannot be read.',
    ],
    [
      'Fortran order as numpy writes it',
      (bytes) => replace(bytes, 'False,', 'True, '),
      'AIT2202 "x": has a .npy header that cannot be read.',
    ],
    [
      'big-endian',
      (bytes) => replace(bytes, '<f4', '>f4'),
      'AIT2202 "x": has the element type >f4. Known are <f4, <f8, <f2, |i1, |u1, <u2, <i4, <i8, |b1.',
    ],
  ])('%s', (_, damage, expected) => {
    expect(message(() => readNpy(damage(writeNpy(tensorF32([2], [1, 2]))), 'x'))).toBe(expected);
  });
});

describe('.npz', () => {
  test('reads back', () => {
    expect(readNpz(writeNpz(tensors), inflate)).toEqual(tensors);
  });

  test('a file cut anywhere is refused, never read wrongly', () => {
    const bytes = writeNpz(tensors);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(message(() => readNpz(bytes.subarray(0, length), inflate))).toMatch(/^AIT2202 /);
    }
  });

  test('changed bytes never crash', () => {
    const bytes = writeNpz(tensors);
    const random = new RandomSource(1);
    for (let i = 0; i < 500; i++) {
      const damaged = bytes.slice();
      for (let k = 0; k < 4; k++) damaged[random.next() % damaged.length] = random.next() & 255;
      expect(message(() => readNpz(damaged, inflate))).toMatch(/^(accepted|AIT2202 )/);
    }
  });

  test('a deflated entry is read, and a bomb refused', () => {
    const body = writeNpy(tensorF32([1000], new Array<number>(1000).fill(0)));
    const stored = deflateRawSync(body);
    expect(readNpz(zip('x.npy', stored, body.length), inflate).get('x')?.shape).toEqual([1000]);
    expect(message(() => readNpz(zip('x.npy', stored, 0x7fffffff), inflate))).toBe(
      'AIT2202 "x.npy": claims an impossible size.',
    );
    expect(message(() => readNpz(zip('x.npy', stored.subarray(0, 20), body.length), inflate))).toBe(
      'AIT2202 "x.npy": cannot be decompressed.',
    );
  });
});

describe('.safetensors', () => {
  const bytes = writeSafetensors(tensors);

  test('reads back', () => {
    expect(new Map([...readSafetensors(bytes, 'x')].sort())).toEqual(new Map([...tensors].sort()));
  });

  test('equal tensors give equal files, in whatever order they come', () => {
    expect(writeSafetensors(new Map([...tensors].reverse()))).toEqual(bytes);
  });

  test('the header is what the format says', () => {
    const file = writeSafetensors(new Map([['w', tensorF32([2], [1, 2])]]));
    const text = '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(new TextDecoder().decode(file.subarray(8, 8 + text.length))).toBe(text);
    expect(new DataView(file.buffer).getBigUint64(0, true)).toBe(56n);
    expect([...new Float32Array(file.slice(64).buffer)]).toEqual([1, 2]);
  });

  test('elements at odd places, metadata and tensors out of order are read', () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: { dtype: 'F32', shape: [1], data_offsets: [1, 5] },
      a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
    };
    const data = [1, ...new Uint8Array(Float32Array.of(-3).buffer)];
    const read = readSafetensors(safetensors(header, data), 'x');
    expect([...read.keys()]).toEqual(['a', 'b']);
    expect(read.get('b')).toEqual(tensorF32([1], [-3]));
  });

  const w = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  test.each<[string, unknown, string]>([
    ['no table', [1], 'AIT2202 "x": is no .safetensors file.'],
    ['an entry of the wrong form', { w: 7 }, 'AIT2202 "x" tensor "w": has an entry in the header that cannot be read.'],
    [
      'a fractional extent',
      { w: { ...w, shape: [1.5] } },
      'AIT2202 "x" tensor "w": has an entry in the header that cannot be read.',
    ],
    [
      'an element type of the future',
      { w: { ...w, dtype: 'F4' } },
      'AIT2202 "x" tensor "w": has the element type "F4". Known are F32, F64, F16, I8, U8, U16, I32, I64, BOOL.',
    ],
    ['a huge shape', { w: { ...w, shape: [2 ** 50, 2 ** 50] } }, 'AIT2202 "x" tensor "w": has an impossible shape.'],
    ['a shape of another size', { w: { ...w, shape: [3] } }, 'AIT2202 "x" tensor "w": has 8 bytes, F32[3] needs 12.'],
    [
      'data behind the end',
      { w: { ...w, data_offsets: [8, 16] } },
      'AIT2202 "x" tensor "w": lies outside the file, which may be cut off.',
    ],
    ['overlap', { a: w, w }, 'AIT2202 "x" tensor "w": overlaps another tensor.'],
    [
      'a gap',
      { w: { ...w, shape: [1], data_offsets: [4, 8] } },
      'AIT2202 "x" tensor "w": leaves a gap before its data.',
    ],
    ['bytes nobody owns', {}, 'AIT2202 "x": has 8 bytes that belong to no tensor.'],
    [
      'a boolean that is none',
      { w: { dtype: 'BOOL', shape: [8], data_offsets: [0, 8] } },
      'AIT2202 "x" tensor "w": has an element that is neither false nor true.',
    ],
  ])('%s is refused', (_, header, expected) => {
    expect(message(() => readSafetensors(safetensors(header, [1, 2, 3, 4, 5, 6, 7, 8]), 'x'))).toBe(expected);
  });

  test('a header that claims to be long is refused before anything is read', () => {
    const file = bytes.slice();
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(message(() => readSafetensors(file, 'x'))).toBe('AIT2202 "x": is no .safetensors file.');
    new DataView(file.buffer).setBigUint64(0, 90_000_000n, true);
    expect(message(() => readSafetensors(file, 'x'))).toBe('AIT2202 "x": is cut off within its header.');
  });

  test('a file cut anywhere is refused, never read wrongly', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(message(() => readSafetensors(bytes.subarray(0, length), 'x'))).toMatch(/^AIT2202 /);
    }
  });

  test('changed bytes never crash', () => {
    const random = new RandomSource(2);
    for (let i = 0; i < 1000; i++) {
      const damaged = bytes.slice();
      for (let k = 0; k < 3; k++) damaged[random.next() % damaged.length] = random.next() & 255;
      expect(message(() => readSafetensors(damaged, 'x'))).toMatch(/^(accepted|AIT2202 )/);
    }
  });
});

describe('random', () => {
  test('the stream is the same on every machine', () => {
    const random = new RandomSource(42);
    expect([random.next(), random.next(), random.next()]).toMatchInlineSnapshot(`
      [
        2837322924,
        544945897,
        479756282,
      ]
    `);
  });

  test('names give unrelated streams, numbers stay in their range', () => {
    expect(seedFor(0, 'a')).not.toBe(seedFor(0, 'b'));
    const values = new RandomSource(1).fill(10_000, -1, 1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
  });
});

/** A .safetensors file of this header and data. */
function safetensors(header: unknown, data: readonly number[]): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(data)]);
}

function replace(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to), 'latin1');
}

/** A .npz file of one deflated entry that claims to hold `size` bytes. */
function zip(name: string, body: Uint8Array, size: number): Uint8Array {
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(body.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + body.length, 16);
  return Buffer.concat([local, Buffer.from(name), body, central, Buffer.from(name), end]);
}
