import { mutateBytes } from '../mutate/bytes.mjs';
import { mutateJson } from '../mutate/json.mjs';

/**
 * A format that is one JSON value. Seldom its bytes are damaged, mostly the value.
 *
 * @param {{ values: () => readonly unknown[], prepare: import('./index.mjs').Format['prepare'] }} format
 * @returns {import('./index.mjs').Format}
 */
export function jsonFormat({ values, prepare }) {
  return {
    seeds: () => values().map((value) => new TextEncoder().encode(JSON.stringify(value))),
    mutate(bytes, dice, other) {
      if (dice.once(5)) return mutateBytes(bytes, dice, other);
      return new TextEncoder().encode(mutateJson(JSON.parse(new TextDecoder().decode(bytes)), dice));
    },
    prepare,
  };
}
