import { nearest } from '@ait-rvv/ir';

/** Whether `name` matches `glob`: `*` stands for any characters, `?` for one. No input makes it slow. */
export function matchesGlob(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  // Where to go on when what follows the last `*` does not fit: the star takes one character more.
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g++;
      resume = n;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) {
      g++;
      n++;
    } else if (star >= 0) {
      g = star + 1;
      n = ++resume;
    } else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** Up to `count` of the names a glob may have meant: those that begin, or have a part, spelled like it; else the first ones. */
export function nearNames(glob: string, names: readonly string[], count = 3): readonly string[] {
  const wish = glob.replace(/[*?]/g, '');
  const words = new Map(names.map((name) => [name, wordsOf(name, wish.length)]));
  const best = nearest(wish, [...words.values()].flat());
  const near = best === undefined ? names : names.filter((name) => words.get(name)?.includes(best) === true);
  return near.slice(0, count);
}

/** The name, its parts, and its beginnings of about the length. */
function wordsOf(name: string, length: number): readonly string[] {
  const beginnings = [length - 1, length, length + 1].map((end) => name.slice(0, Math.max(1, end)));
  return [name, ...name.split(/[./]/).filter((part) => part !== ''), ...beginnings];
}
