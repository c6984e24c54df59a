/** A float constant that reads back as the same bits. */
export function cFloat(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '(0.0f / 0.0f)';
  if (!Number.isFinite(single)) return single > 0 ? '(1.0f / 0.0f)' : '(-1.0f / 0.0f)';
  if (Object.is(single, -0)) return '-0.0f';
  const text = String(single);
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** A whole number of at most 64 bits. */
export function cWhole(value: bigint): string {
  // The least one has no literal: its magnitude is too large.
  return value === -(2n ** 63n)
    ? '(-9223372036854775807LL - 1)'
    : `${value}${BigInt.asIntN(32, value) === value ? '' : 'LL'}`;
}

/** A string constant: printable ASCII as it is, every other byte of its UTF-8 as an octal escape. */
export function cString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    // "??" would start a trigraph.
    if (byte < 0x20 || byte > 0x7e || character === '?') return `\\${byte.toString(8).padStart(3, '0')}`;
    return character;
  });
  return `"${bytes.join('')}"`;
}

/** A size that is exact in C; sizes beyond 2^53 cannot occur, since nothing that large is allocated. */
export function cSize(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number: ${value}`);
  return value < 0 ? `((size_t)${value})` : value > 0x7fffffff ? `${value}UL` : `${value}`;
}

/** Text for inside a comment of one line: it can neither end the comment nor continue it. */
export function cComment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/\*\/|\/\*|\\|\?\?/g, (found) => ' '.repeat(found.length));
}
