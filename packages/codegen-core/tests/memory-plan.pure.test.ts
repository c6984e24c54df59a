import { ALIGNMENT, hasOverlap, planMemory, type BufferNeed } from '@ait-rvv/codegen-core';
import { RandomSource } from '@ait-rvv/ir/weights';
import { describe, expect, test } from 'vitest';

function randomNeeds(seed: number): BufferNeed[] {
  const random = new RandomSource(seed);
  return Array.from({ length: 1 + (random.next() % 40) }, (_, id) => {
    const first = random.next() % 30;
    return { id, bytes: random.next() % 5000, first, last: first + (random.next() % 6) };
  });
}

describe('memory plan', () => {
  test('a chain needs two buffers', () => {
    const needs = [0, 1, 2, 3].map((step): BufferNeed => ({ id: step, bytes: 1000, first: step, last: step + 1 }));
    const plan = planMemory(needs);
    expect(plan.arenaBytes).toBe(2 * 1024);
    expect(plan.lowerBound).toBe(2 * 1024);
  });

  test('nothing needs nothing', () => {
    expect(planMemory([])).toMatchObject({ arenaBytes: 0, lowerBound: 0 });
  });

  test('random lives: aligned, never overlapping, never below the bound', () => {
    for (let seed = 0; seed < 300; seed++) {
      const needs = randomNeeds(seed);
      const plan = planMemory(needs);
      expect(hasOverlap(needs, plan)).toBe(false);
      expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.lowerBound);
      expect(plan.arenaBytes).toBeLessThanOrEqual(1.35 * plan.lowerBound);
      for (const need of needs) {
        const at = plan.offsets.get(need.id) ?? -1;
        expect(at % ALIGNMENT).toBe(0);
        expect(at + need.bytes).toBeLessThanOrEqual(plan.arenaBytes);
      }
    }
  });

  /** Programs in which thousands of buffers are alive at one step. */
  const wide: Readonly<
    Record<string, (i: number, n: number, random: RandomSource) => Pick<BufferNeed, 'first' | 'last'>>
  > = {
    'all until the end': (i, n) => ({ first: i, last: n }),
    'all from the start': (i) => ({ first: 0, last: i + 1 }),
    'one within the other': (i, n) => ({ first: i, last: 2 * n - i }),
    'one after the other': (i, n) => ({ first: i, last: n + i }),
    'as it happens': (_, n, random) => {
      const first = random.next() % n;
      return { first, last: first + (random.next() % n) };
    },
  };

  test.each(Object.entries(wide))('20,000 buffers at one step, in seconds: %s', (name, life) => {
    const random = new RandomSource(1);
    const count = 20_000;
    const needs = Array.from({ length: count }, (_, id): BufferNeed => {
      return { id, bytes: random.next() % 10_000, ...life(id, count, random) };
    });
    const start = performance.now();
    const plan = planMemory(needs);
    // Looking at all that each of them meets takes minutes.
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(hasOverlap(needs, plan)).toBe(false);
    expect(plan.arenaBytes).toBeLessThanOrEqual((name === 'as it happens' ? 1.05 : 1) * plan.lowerBound);
  });

  test('the overlap check can fail', () => {
    const needs = randomNeeds(3);
    const { offsets, ...plan } = planMemory(needs);
    expect(hasOverlap(needs, { ...plan, offsets: new Map([...offsets].map(([id]) => [id, 0])) })).toBe(true);
    const two = [0, 1].map((id): BufferNeed => ({ id, bytes: 128, first: id, last: 1 }));
    const at = (second: number) => ({
      ...plan,
      offsets: new Map([
        [0, 128],
        [1, second],
      ]),
    });
    expect([0, 64, 128, 192, 256].map((second) => hasOverlap(two, at(second)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});
