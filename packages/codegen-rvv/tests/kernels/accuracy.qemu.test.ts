import { elementwise, STEPS, type PlainFunction, type Tensor } from '@ait-rvv/ir';
import { RandomSource } from '@ait-rvv/ir/weights';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFolder, emitGraph, execute } from '../../../../tools/testing/programs.js';
import { CaseGraph } from './case-graph.js';

const FUNCTIONS = ['exp', 'log', 'tanh', 'erf', 'sin', 'cos'] as const satisfies readonly PlainFunction[];

/** Largest error allowed, in units in the last place of the exact result rounded to f32. */
const MOST_ULP = 4;

/** Bit patterns between two that are tested: every exponent is met with thousands of mantissas, NaNs included. */
const STRIDE = 4099;

/** Numbers of either sign up to each of these, evenly. */
const RANGES = [0.01, 1, 4, 12, 105, 8192] as const;
const EVENLY = 1 << 16;

const SPECIAL = [
  ...[0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126, 2 ** -127, 3.4028234663852886e38],
  // Where exp leaves the range, and where it and log pass from one branch to another.
  ...[88.72283905206835, 88.72284, 88.8, -87.33654, -103.97, -103.98, -104, -105, 89, Math.SQRT2, Math.SQRT1_2],
  // Multiples of π/2, where sine or cosine nearly vanish, and the ends of the range that vectors cover.
  ...Array.from({ length: 400 }, (_, i) => (i * 13 * Math.PI) / 2),
  ...[8192, 8191.9995, 8192.001, -8192, 1e10],
];

function testPoints(): Float32Array {
  const patterns = new Float32Array(
    Uint32Array.from({ length: Math.ceil(2 ** 32 / STRIDE) }, (_, i) => i * STRIDE).buffer,
  );
  const random = new RandomSource(1);
  const evenly = RANGES.map((range) => Array.from(random.fill(EVENLY, -range, range)));
  return Float32Array.from([...patterns, ...evenly.flat(), ...SPECIAL]);
}

/** Distance from the exact value in units in the last place of f32. */
function ulps(actual: number, exact: number): number {
  const wanted = Math.fround(exact);
  if (Object.is(actual, wanted) || actual === wanted || (Number.isNaN(actual) && Number.isNaN(wanted))) return 0;
  if (!Number.isFinite(exact) || Number.isNaN(actual)) return Infinity;
  const exponent = Math.max(-126, Math.min(127, Math.floor(Math.log2(Math.abs(exact)))));
  // Infinity is as far as the next number beyond the largest one.
  const reached = Number.isFinite(actual) ? actual : Math.sign(actual) * 2 ** 128;
  return Math.abs(reached - exact) / 2 ** (exponent - 23);
}

describe('vector functions keep to their bound over the whole range', () => {
  const points = testPoints();
  let outputs: ReadonlyMap<string, Tensor>;

  beforeAll(async () => {
    const cases = new CaseGraph('functions');
    const x = cases.input([points.length]);
    for (const kind of FUNCTIONS) {
      const epilogue = [{ kind }] as const;
      cases.case(kind, cases.builder.apply(elementwise, [x], { epilogue }, { name: kind }));
    }
    const graph = cases.build();
    const folder = emitGraph(graph);
    await buildFolder(folder);
    const inputs = new Map([['x1', { dtype: 'f32', shape: [points.length], data: points } as const]]);
    ({ outputs } = await execute(folder, 'qemu:vlen=256,poison=true', inputs, 2));
  });

  test.each(FUNCTIONS)(`%s: at most ${MOST_ULP} ulp`, (kind) => {
    const exact = STEPS[kind].meaning();
    const data = outputs.get(kind)?.data ?? [];
    const worst = { ulp: 0, x: 0, actual: 0 };
    points.forEach((x, i) => {
      const actual = Number(data[i]);
      const error = ulps(actual, exact(x));
      if (error > worst.ulp) Object.assign(worst, { ulp: error, x, actual });
    });
    expect(data.length).toBe(points.length);
    expect(worst.ulp, `of ${kind}(${worst.x}) = ${worst.actual}`).toBeLessThanOrEqual(MOST_ULP);
  });

  test('a wrong value is seen', () => {
    expect(ulps(Math.fround(1 + 2 ** -23), 1)).toBe(1);
    expect(ulps(2 ** -149, 0)).toBe(1);
    expect(ulps(NaN, 1)).toBe(Infinity);
    expect(ulps(1, Infinity)).toBe(Infinity);
    expect(ulps(Infinity, 3.4028234663852886e38)).toBe(1);
  });
});
