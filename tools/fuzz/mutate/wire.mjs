/**
 * The wire format of protocol buffers as a tree: `{field, wire, value}`, where `value` is a BigInt (wire 0), bytes
 * (wire 1, 2, 5) or, where the schema says so, a list of such entries. Damage of the tree leaves a file that can be
 * read at least in part, unlike damage of the bytes.
 */

/** Bytes of the fixed-size values. */
const FIXED = new Map([
  [1, 8],
  [5, 4],
]);

/**
 * @param {Uint8Array} bytes
 * @param {import('protobufjs').Type} type
 */
export function parseWire(bytes, type) {
  const entries = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, wire] = [tag >>> 3, tag & 7];
    if (wire === 0) {
      entries.push({ field, wire, value: varint() });
      continue;
    }
    const length = FIXED.get(wire) ?? Number(varint());
    const value = bytes.subarray(at, (at += length));
    const inner = messageOf(type, field);
    entries.push({ field, wire, value: inner === undefined ? value : parseWire(value, inner) });
  }
  return entries;
}

/** The message type of a field; undefined for every other field. */
export function messageOf(type, field) {
  const resolved = type.fieldsById[field]?.resolve().resolvedType;
  return resolved && 'fieldsById' in resolved ? resolved : undefined;
}

/**
 * The bytes of a tree. An entry may lie about its length with `claim`, which is added to the true one.
 *
 * @returns {Uint8Array}
 */
export function writeWire(entries) {
  const parts = [];
  for (const { field, wire, value, claim = 0 } of entries) {
    parts.push(varint(BigInt(field * 8 + wire)));
    if (typeof value === 'bigint') {
      parts.push(varint(value));
      continue;
    }
    const body = Array.isArray(value) ? writeWire(value) : value;
    if (wire === 2) parts.push(varint(BigInt(Math.max(0, body.length + claim))));
    parts.push(body);
  }
  return Buffer.concat(parts);
}

/** Base-128 digits, lowest first; negative numbers as 64 bits. */
export function varint(value) {
  const digits = [];
  let rest = BigInt.asUintN(64, value);
  do {
    digits.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(digits);
}
