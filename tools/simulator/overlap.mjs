/**
 * Inner loops of a matrix multiplication: one vector load and `rows` multiply-adds per step, each with a scalar weight.
 * `ahead`: the next step's operands are loaded before this step's are used. Nothing is published about them; they show
 * what the model says of the two dependences that matter most, and what follows for choosing tiles.
 */
export const OVERLAP = [
  ['scalars in registers', 1, 2, false, false],
  ['scalars in registers', 2, 2, false, false],
  ['scalars in registers', 3, 2, false, false],
  ['scalars in registers', 4, 2, false, false],
  ['scalars in registers', 7, 2, false, false],
  ['each scalar loaded just before its use', 7, 2, true, false],
  ['each scalar loaded just before its use', 14, 2, true, false],
  ['scalars and vector loaded a step ahead', 7, 2, true, true],
  ['scalars and vector loaded a step ahead', 14, 2, true, true],
  ['scalars and vector loaded a step ahead', 14, 1, true, true],
  ['scalars and vector loaded a step ahead', 6, 4, true, true],
].map(([name, rows, lmul, scalars, ahead]) => ({ name, rows, lmul, scalars, ahead }));

/** One step; v8 and up accumulate from above, v0 … hold the loaded group and, when loading ahead, the next one. */
export function overlapLines({ rows, lmul, scalars, ahead }) {
  const first = ahead ? 2 * lmul : lmul;
  const accumulator = (row) => `v${first + row * lmul}`;
  const scalar = (row) => `f${row}`;
  const load = (register) => [`vle32.v v${register}, (s9)`];
  const weights = scalars ? Array.from({ length: rows }, (_, row) => `flw ${scalar(row)}, ${4 * row}(s9)`) : [];
  const multiply = (register) =>
    Array.from({ length: rows }, (_, row) => `vfmacc.vf ${accumulator(row)}, ${scalar(row)}, v${register}`);
  const adds = ['addi s8, s8, 64', 'addi s7, s7, 56'];
  if (!ahead) {
    const mixed = multiply(0).flatMap((line, row) => [...weights.slice(row, row + 1), line]);
    return [...load(0), ...adds, ...mixed];
  }
  // Two steps, so that the two groups take turns; a scalar is loaded anew as soon as it has been used.
  const step = (now, next) => [
    ...load(next),
    ...adds,
    ...multiply(now).flatMap((line, row) => [line, ...weights.slice(row, row + 1)]),
  ];
  return [...step(0, lmul), ...step(lmul, 0)];
}
