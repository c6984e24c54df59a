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

  test('the overlap check can fail', () => {
    const needs = randomNeeds(3);
    const { offsets, ...plan } = planMemory(needs);
    expect(hasOverlap(needs, { ...plan, offsets: new Map([...offsets].map(([id]) => [id, 0])) })).toBe(true);
  });
});
