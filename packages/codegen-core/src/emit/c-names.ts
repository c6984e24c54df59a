/** Words a generated identifier must not be: C11 keywords and what every C file may define as a macro. */
const RESERVED = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long ' +
    'register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while ' +
    'asm main linux unix errno stdin stdout stderr NULL'
  ).split(' '),
);

/** The longest name taken over from a model: file names and symbols stay handy. */
const LONGEST = 48;

/**
 * A C identifier that resembles `wish`: letters, digits and single underscores, never a keyword, never starting with
 * a digit or an underscore, so that no name from a model or a file can reach C as anything but a name.
 */
export function cIdentifier(wish: string): string {
  const plain = wish
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, LONGEST)
    .replace(/_+$/, '');
  const name = /^[A-Za-z]/.test(plain) ? plain : `model${plain === '' ? '' : `_${plain}`}`;
  return RESERVED.has(name) || name.startsWith('ait_') ? `${name}_model` : name;
}

/** True for a name the user may choose with --name. */
export function isCIdentifier(name: string): boolean {
  return (
    /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && name.length <= LONGEST && cIdentifier(name) === name.replace(/_+/g, '_')
  );
}
