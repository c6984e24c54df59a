/** Readers that fail, each in its own way, on every third file: what the fuzzer has to notice. */
const faulty = (fail) => ({
  seeds: () => [Uint8Array.of(0)],
  mutate: (_, dice) => Uint8Array.of(dice.below(3)),
  prepare: () => (bytes) => {
    if (bytes[0] === 1) fail();
  },
});

const held = [];

export const FORMATS = {
  broken: faulty(() => {
    throw new TypeError('x is undefined');
  }),
  endless: faulty(() => {
    for (;;);
  }),
  greedy: faulty(() => {
    for (;;) held.push(new Uint8Array(1 << 24).fill(1));
  }),
};
