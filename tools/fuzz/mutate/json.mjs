import { REAL_NUMBERS, TEXTS, WHOLE_NUMBERS } from './values.mjs';

const SCALARS = [
  ...WHOLE_NUMBERS.map(Number),
  // What JSON cannot say is null.
  ...REAL_NUMBERS.filter(Number.isFinite),
  ...TEXTS,
  ...[null, true, false],
];

/**
 * The text of a damaged copy of a JSON value: entries removed, repeated, renamed, replaced, exchanged or nested.
 *
 * @param {unknown} value
 * @param {import('./dice.mjs').Dice} dice
 */
export function mutateJson(value, dice) {
  const root = { value: structuredClone(value) };
  for (let left = dice.few(); left > 0; left--) {
    const all = places(root);
    if (all.length === 0) break;
    dice.pick(MUTATIONS)(dice.pick(all), dice, root);
  }
  return JSON.stringify(root.value) ?? '';
}

const MUTATIONS = [remove, remove, repeat, rename, replace, replace, replace, nudge, nudge, exchange, nest, empty];

/** Where a value stands: in which list or table, under which key. */
function places(root) {
  const found = [];
  const visit = (holder) => {
    for (const key of Object.keys(holder)) {
      found.push({ holder, key });
      const inner = holder[key];
      if (typeof inner === 'object' && inner !== null) visit(inner);
    }
  };
  visit(root);
  return found;
}

function remove({ holder, key }) {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function repeat({ holder, key }, dice) {
  if (!Array.isArray(holder)) return;
  for (let left = dice.pick([1, 1, 1, 100]); left > 0; left--) holder.push(structuredClone(holder[Number(key)]));
}

function rename({ holder, key }, dice) {
  if (Array.isArray(holder)) return;
  const { [key]: value } = holder;
  delete holder[key];
  set(holder, dice.pick([...TEXTS, ...Object.keys(holder), `${key}s`]), value);
}

function replace({ holder, key }, dice) {
  set(holder, key, dice.pick(SCALARS));
}

/** A number or text a little different. */
function nudge({ holder, key }, dice) {
  const value = holder[key];
  if (typeof value === 'number') set(holder, key, dice.pick([value + 1, value - 1, -value, value * 2, value / 2]));
  else if (typeof value === 'string')
    set(holder, key, dice.pick([value.slice(1), `${value}${value}`, dice.pick(TEXTS)]));
}

/** Two values change their places. */
function exchange({ holder, key }, dice, root) {
  const other = dice.pick(places(root));
  const [mine, theirs] = [structuredClone(holder[key]), structuredClone(other.holder[other.key])];
  set(holder, key, theirs);
  set(other.holder, other.key, mine);
}

function nest({ holder, key }, dice) {
  let value = holder[key];
  for (let depth = dice.pick([1, 1, 2, 500]); depth > 0; depth--) value = dice.once(2) ? [value] : { value };
  set(holder, key, value);
}

function empty({ holder, key }, dice) {
  set(holder, key, dice.once(2) ? [] : {});
}

/** Like an assignment, for `__proto__` too. */
function set(holder, key, value) {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}
