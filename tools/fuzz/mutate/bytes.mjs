import { TEXTS } from './values.mjs';

const LENGTHS = [1, 2, 4, 8];

/**
 * A damaged copy: bytes flipped, replaced, cut out, repeated or moved; numbers of up to eight bytes made extreme.
 * `other` lends pieces of another file of the same format.
 *
 * @param {Uint8Array} bytes
 * @param {import('./dice.mjs').Dice} dice
 * @param {Uint8Array} other
 */
export function mutateBytes(bytes, dice, other) {
  let result = bytes;
  for (let left = dice.few(); left > 0; left--) result = dice.pick(MUTATIONS)(Uint8Array.from(result), dice, other);
  return result;
}

const MUTATIONS = [flipBit, replaceByte, extremeNumber, cut, cutOut, repeat, insertText, moveWithin, splice, grow];

function flipBit(bytes, dice) {
  if (bytes.length > 0) bytes[dice.below(bytes.length)] ^= 1 << dice.below(8);
  return bytes;
}

function replaceByte(bytes, dice) {
  if (bytes.length > 0) bytes[dice.below(bytes.length)] = dice.pick([0, 1, 0x7f, 0x80, 0xff, dice.below(256)]);
  return bytes;
}

/** All ones, all zeros, or only the highest bit, in little-endian order. */
function extremeNumber(bytes, dice) {
  const length = dice.pick(LENGTHS);
  if (bytes.length < length) return bytes;
  const at = dice.below(bytes.length - length + 1);
  bytes.fill(dice.pick([0x00, 0xff]), at, at + length);
  if (dice.once(2)) bytes[at + length - 1] ^= 0x80;
  return bytes;
}

function cut(bytes, dice) {
  return bytes.subarray(0, dice.below(bytes.length + 1));
}

function cutOut(bytes, dice) {
  const { from, to } = range(bytes, dice);
  return joined(bytes.subarray(0, from), bytes.subarray(to));
}

function repeat(bytes, dice) {
  const { from, to } = range(bytes, dice);
  return joined(bytes.subarray(0, to), bytes.subarray(from));
}

function insertText(bytes, dice) {
  const at = dice.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), new TextEncoder().encode(dice.pick(TEXTS)), bytes.subarray(at));
}

function moveWithin(bytes, dice) {
  const { from, to } = range(bytes, dice);
  bytes.copyWithin(dice.below(bytes.length + 1), from, to);
  return bytes;
}

/** The beginning of one file and the end of another. */
function splice(bytes, dice, other) {
  return joined(bytes.subarray(0, dice.below(bytes.length + 1)), other.subarray(dice.below(other.length + 1)));
}

function grow(bytes, dice) {
  return joined(bytes, new Uint8Array(1 + dice.below(64)).fill(dice.below(256)));
}

/** A short stretch; short ones are likelier to leave something that can still be read. */
function range(bytes, dice) {
  const from = dice.below(bytes.length + 1);
  const longest = dice.pick([1, 4, 16, 256]);
  return { from, to: Math.min(bytes.length, from + 1 + dice.below(longest)) };
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
