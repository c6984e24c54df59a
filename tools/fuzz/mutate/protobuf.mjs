import { mutateBytes } from './bytes.mjs';
import { REAL_NUMBERS, TEXTS, WHOLE_NUMBERS } from './values.mjs';
import { messageOf, parseWire, varint, writeWire } from './wire.mjs';

/** A message this deep is not made deeper: every level doubles what is in it. */
const DEEPEST = 40;
/** Larger trees are not grown. */
const MOST_ENTRIES = 3000;

/**
 * Damages messages of one type.
 *
 * @param {import('protobufjs').Type} type
 * @param {readonly string[]} words texts that fields of the format take
 */
export function protobufMutator(type, words) {
  /**
   * A damaged copy: entries removed, repeated, moved, exchanged, taken from `other`; names exchanged; numbers made
   * extreme; lengths that lie.
   *
   * @param {Uint8Array} bytes
   * @param {import('./dice.mjs').Dice} dice
   * @param {Uint8Array} other
   */
  return (bytes, dice, other) => {
    const root = parseWire(bytes, type);
    const lender = parseWire(other, type);
    for (let left = dice.few(); left > 0; left--) {
      const all = placesIn(root, type);
      if (all.length === 0) break;
      dice.pick(MUTATIONS)({ ...dice.pick(all), dice, all, words, lend: () => placesIn(lender, type) });
    }
    return writeWire(root);
  };
}

/** Mutations that keep most of a file's meaning are the ones that reach deep into the compiler. */
const MUTATIONS = [
  ...[remove, remove, repeat, exchange, exchangeNames, exchangeNames, borrow, replaceWord, replaceWord],
  ...[replaceValue, replaceValue, replaceValue, replaceValue, renumber, lie, nestInItself, add],
];

/** Every entry with the list it stands in, its index, and the type of message the list belongs to. */
function placesIn(root, type) {
  const found = [];
  const visit = (list, message, depth) => {
    list.forEach((entry, index) => {
      found.push({ list, index, entry, message, depth });
      const inner = messageOf(message, entry.field);
      if (Array.isArray(entry.value) && inner !== undefined) visit(entry.value, inner, depth + 1);
    });
  };
  visit(root, type, 0);
  return found;
}

function remove({ list, index }) {
  list.splice(index, 1);
}

function repeat({ list, entry, all, dice }) {
  if (all.length > MOST_ENTRIES) return;
  for (let left = dice.pick([1, 1, 2, 50]); left > 0; left--) list.push(copied(entry));
}

/** Two entries of one field, anywhere in the file, change their places. */
function exchange({ entry, message, all, dice }) {
  const { entry: other } = dice.pick(all.filter((one) => one.message === message && one.entry.field === entry.field));
  [entry.value, other.value] = [copiedValue(other.value), copiedValue(entry.value)];
}

/** A name becomes another name of the file: edges go elsewhere, things are made twice, circles close. */
function exchangeNames({ all, dice }) {
  const names = all.filter(isText);
  if (names.length < 2) return;
  dice.pick(names).entry.value = dice.pick(names).entry.value;
}

/** The value of such a field in another file. */
function borrow({ list, index, entry, message, all, dice, lend }) {
  const fit = lend().filter((one) => one.message === message && one.entry.field === entry.field);
  if (fit.length === 0 || all.length > MOST_ENTRIES) return;
  list.splice(index, dice.below(2), copied(dice.pick(fit).entry));
}

function replaceWord({ all, dice, words }) {
  const texts = all.filter(isText);
  if (texts.length === 0) return;
  dice.pick(texts).entry.value = new TextEncoder().encode(dice.pick(dice.once(3) ? TEXTS : words));
}

/** Another value of the same type. */
function replaceValue({ entry, message, all, dice }) {
  if (Array.isArray(entry.value)) return;
  if (entry.wire === 0) entry.value = number(dice);
  else if (entry.wire === 2 && isNumeric(message, entry)) entry.value = packed(entry.value, message, entry, dice);
  else if (entry.wire === 2) entry.value = mutateBytes(entry.value, dice, dice.pick(all.filter(isBytes)).entry.value);
  else entry.value = real(entry.wire === 1, dice);
}

/** The entry becomes one of another field, or of another wire type. */
function renumber({ entry, message, dice }) {
  const fields = Object.values(message.fields);
  if (dice.once(2) && fields.length > 0) entry.field = dice.pick(fields).id;
  else if (entry.wire === 0) Object.assign(entry, { wire: 2, value: varint(number(dice)) });
  else if (entry.wire === 2) Object.assign(entry, { wire: 0, value: number(dice) });
}

function lie({ entry, dice }) {
  if (entry.wire === 2) entry.claim = dice.pick([-1, 1, 2, -4, 1000, 2 ** 31, 2 ** 32, 2 ** 52]);
}

/** A message into a message of its own type, again and again: graphs in graphs. */
function nestInItself({ entry, depth, all, dice }) {
  if (!Array.isArray(entry.value) || depth > DEEPEST || all.length > MOST_ENTRIES / 2) return;
  const same = all.filter((one) => one.message === dice.pick(all).message && Array.isArray(one.entry.value));
  if (same.length > 0) dice.pick(same).entry.value.push(copied(entry));
}

/** A field the message does not have yet. */
function add({ list, message, dice, words }) {
  const fields = Object.values(message.fields);
  if (fields.length === 0) return;
  const field = dice.pick(fields);
  const { type } = field;
  if (type === 'float') list.push({ field: field.id, wire: 5, value: real(false, dice) });
  else if (type === 'double') list.push({ field: field.id, wire: 1, value: real(true, dice) });
  else if (/int/.test(type)) list.push({ field: field.id, wire: 0, value: number(dice) });
  else list.push({ field: field.id, wire: 2, value: new TextEncoder().encode(dice.pick([...words, ''])) });
}

function isText({ entry, message }) {
  const type = message.fieldsById[entry.field]?.type;
  return entry.wire === 2 && !Array.isArray(entry.value) && (type === 'string' || (type === 'bytes' && isShort(entry)));
}

function isShort({ value }) {
  return value.length < 32;
}

function isBytes({ entry }) {
  return entry.wire === 2 && !Array.isArray(entry.value);
}

function isNumeric(message, { field }) {
  return /^(u?int|float|double)/.test(message.fieldsById[field]?.type ?? '');
}

/** A packed list with one element more, fewer or different. */
function packed(bytes, message, { field }, dice) {
  const type = message.fieldsById[field].type;
  const size = { float: 4, double: 8 }[type];
  const elements = size === undefined ? varints(bytes) : pieces(bytes, size);
  const fresh = size === undefined ? varint(number(dice)) : real(size === 8, dice);
  const at = dice.below(elements.length + 1);
  elements.splice(at, dice.below(2), ...(dice.once(3) ? [] : [fresh]));
  return Buffer.concat(elements);
}

function varints(bytes) {
  const found = [];
  let from = 0;
  bytes.forEach((byte, at) => {
    if (byte < 0x80) found.push(bytes.subarray(from, (from = at + 1)));
  });
  return found;
}

function pieces(bytes, size) {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** Small numbers are the ones that mean something: axes, extents, types. */
function number(dice) {
  return dice.once(2) ? BigInt(dice.below(20) - 4) : dice.pick(WHOLE_NUMBERS);
}

function real(isDouble, dice) {
  const value = dice.pick(REAL_NUMBERS);
  const view = new DataView(new ArrayBuffer(isDouble ? 8 : 4));
  if (isDouble) view.setFloat64(0, value, true);
  else view.setFloat32(0, value, true);
  return new Uint8Array(view.buffer);
}

function copied(entry) {
  return { ...entry, value: copiedValue(entry.value) };
}

function copiedValue(value) {
  return Array.isArray(value) ? value.map(copied) : value;
}
