import { fromNumbers } from '@ait-rvv/ir';
import { crc32, readNpy, readNpz, readSafetensors, writeNpy, writeNpz, writeSafetensors } from '@ait-rvv/ir/weights';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { mutateBytes } from '../mutate/bytes.mjs';
import { mutateJson } from '../mutate/json.mjs';
import { TEXTS, WHOLE_NUMBERS } from '../mutate/values.mjs';

const TENSORS = new Map([
  ['x', fromNumbers('f32', [2, 3], [1, -2, 3.5, 0, NaN, Infinity])],
  ['a/b', fromNumbers('i64', [4], [1, 2, -3, 4])],
  ['flags', fromNumbers('bool', [3, 1], [1, 0, 1])],
  ['one', fromNumbers('f64', [], [0.25])],
  ['none', fromNumbers('u8', [0, 5], [])],
]);

/** A numpy file, as `--const` and `run --input` take it. @type {import('./index.mjs').Format} */
export const npy = {
  seeds: () => [...TENSORS.values()].map(writeNpy),
  mutate: mutateNpy,
  prepare: () => (bytes) => readNpy(bytes, 'fuzz.npy'),
};

/** A numpy archive: sound archives of damaged files as often as damaged archives. @type {import('./index.mjs').Format} */
export const npz = {
  seeds: () => [
    writeNpz(TENSORS),
    archive(
      [...TENSORS].map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)]),
      true,
    ),
  ],
  mutate: (bytes, dice, other) => (dice.once(2) ? mutateBytes(bytes, dice, other) : rebuilt(dice)),
  prepare: () => (bytes) => readNpz(bytes, (stored, size) => inflateRawSync(stored, { maxOutputLength: size })),
};

/** A .safetensors file: mostly its header is damaged and its length right. @type {import('./index.mjs').Format} */
export const safetensors = {
  seeds: () => [writeSafetensors(TENSORS)],
  mutate: (bytes, dice, other) => (dice.once(4) ? mutateBytes(bytes, dice, other) : withHeader(bytes, dice)),
  prepare: () => (bytes) => readSafetensors(bytes, 'fuzz.safetensors'),
};

function withHeader(bytes, dice) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 8 + Number(view.getBigUint64(0, true));
  const header = mutateJson(JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))), dice);
  const text = new TextEncoder().encode(header);
  return Buffer.concat([fields([text.length, 4], [0, 4]), text, bytes.subarray(end)]);
}

/** Bytes anywhere, or the text of the header, whose numbers and words become others. */
function mutateNpy(bytes, dice, other) {
  if (dice.once(3)) return mutateBytes(bytes, dice, other);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 10 + view.getUint16(8, true);
  const parts = new TextDecoder()
    .decode(bytes.subarray(10, end))
    .split(/(\w+|\W)/)
    .filter((part) => part !== '');
  for (let left = dice.few(); left > 0; left--) parts[dice.below(parts.length)] = part(dice, parts);
  const header = new TextEncoder().encode(parts.join(''));
  const length = Uint8Array.of(header.length & 0xff, (header.length >> 8) & 0xff);
  return Buffer.concat([bytes.subarray(0, 8), length, header, bytes.subarray(end)]);
}

function part(dice, parts) {
  const more = [String(dice.pick(WHOLE_NUMBERS)), dice.pick(TEXTS), '', '(', ')', ',', 'True', 'False', '>f4', '<i8'];
  return dice.once(2) ? dice.pick(parts) : dice.pick(more);
}

function rebuilt(dice) {
  const entries = [...TENSORS].map(([name, tensor]) => {
    const bytes = writeNpy(tensor);
    const title = dice.once(6) ? dice.pick([...TEXTS, 'x']) : name;
    return [`${title}.npy`, dice.once(2) ? mutateNpy(bytes, dice, bytes) : bytes];
  });
  return archive(entries, dice.once(2));
}

/** A zip archive of files by name. */
function archive(files, isDeflated) {
  const [bodies, directory] = [[], []];
  let offset = 0;
  for (const [name, bytes] of files) {
    const [title, body] = [Buffer.from(name), isDeflated ? deflateRawSync(bytes) : bytes];
    const shared = fields([20, 2], [0, 2], [isDeflated ? 8 : 0, 2], [0, 4], [crc32(bytes), 4]);
    const sizes = fields([body.length, 4], [bytes.length, 4], [title.length, 2], [0, 2]);
    bodies.push(fields([0x04034b50, 4]), shared, sizes, title, body);
    const tail = fields([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]);
    directory.push(fields([0x02014b50, 4], [20, 2]), shared, sizes, tail, title);
    offset += 30 + title.length + body.length;
  }
  const list = Buffer.concat(directory);
  const count = [files.length, 2];
  const end = fields([0x06054b50, 4], [0, 4], count, count, [list.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...bodies, list, end]);
}

/** Little-endian numbers of so many bytes. */
function fields(...numbers) {
  const bytes = Buffer.alloc(numbers.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [value, size] of numbers) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}
