import type { Candidate } from '@ait-rvv/codegen-core';
import { breakEven, costAt, planBatch, scaledCost, type Choice, type Known } from '@ait-rvv/tuning';
import { tensorType } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';

function choice(name: string, estimate: number): Choice {
  const candidate: Candidate = {
    kernel: name,
    parameters: {},
    cost: estimate,
    emit: () => {
      throw new Error('not emitted');
    },
  };
  return { candidate, text: name };
}

const none = (): readonly Choice[] => [];
const ok = (cost: number): Known => ({ status: 'ok', cost });
const names = (choices: readonly Choice[]): readonly string[] => choices.map(({ text }) => text);

describe('planning a batch', () => {
  const offered = Array.from({ length: 10 }, (_, i) => choice(`k${i}`, 100 + 10 * i));

  test('begins with the cheapest by the estimate', () => {
    expect(names(planBatch({ offered, near: none, budget: 99 }, new Map()))).toEqual([
      'k0',
      'k1',
      'k2',
      'k3',
      'k4',
      'k5',
    ]);
  });

  test('goes on with those that can still win, by the most favourable error seen', () => {
    // k0 cost half of its estimate; k6 (160) could cost 80, k9 (190) could cost 95; the best cost 85.
    const known = new Map([0, 1, 2, 3, 4, 5].map((i) => [`k${i}`, ok(i === 3 ? 85 : 200)] as const));
    known.set('k0', ok(90));
    const ratio = 85 / 130;
    expect(names(planBatch({ offered, near: none, budget: 99 }, known))).toEqual(
      offered
        .slice(6)
        .filter(({ candidate }) => candidate.cost * ratio <= 85)
        .map(({ text }) => text),
    );
  });

  test('ends when none can win, and the budget bounds it', () => {
    const known = new Map(offered.slice(0, 6).map(({ text, candidate }) => [text, ok(candidate.cost)] as const));
    expect(planBatch({ offered, near: none, budget: 99 }, known)).toEqual([]);
    expect(names(planBatch({ offered, near: none, budget: 4 }, new Map()))).toEqual(['k0', 'k1', 'k2', 'k3']);
    expect(planBatch({ offered, near: none, budget: 6 }, known)).toEqual([]);
  });

  test('looks at the neighbours of the best two, and of what is best then', () => {
    const near = (one: Choice): readonly Choice[] => [choice(`${one.text}+`, one.candidate.cost)];
    const known = new Map<string, Known>([...offered.slice(0, 6).map(({ text }, i) => [text, ok(100 + i)] as const)]);
    expect(names(planBatch({ offered: offered.slice(0, 6), near, budget: 99 }, known))).toEqual(['k0+', 'k1+']);
    known.set('k0+', ok(90));
    known.set('k1+', ok(300));
    expect(names(planBatch({ offered: offered.slice(0, 6), near, budget: 99 }, known))).toEqual(['k0++']);
    known.set('k0++', ok(91));
    expect(names(planBatch({ offered: offered.slice(0, 6), near, budget: 99 }, known))).toEqual(['k0+++']);
    known.set('k0+++', { status: 'failed' });
    expect(planBatch({ offered: offered.slice(0, 6), near, budget: 99 }, known)).toEqual([]);
  });

  test('a choice that failed never wins, and when all fail the others are tried', () => {
    const known = new Map(offered.slice(0, 6).map(({ text }) => [text, { status: 'failed' } as const] as const));
    expect(names(planBatch({ offered, near: none, budget: 99 }, known))).toEqual(['k6', 'k7', 'k8', 'k9']);
  });
});

describe('costs at other ratios', () => {
  const points = [
    { kept: 0.5, cost: 60 },
    { kept: 0.25, cost: 40 },
  ];

  test('lie on the lines between measured ones, and beyond', () => {
    expect(costAt(points, 0.5, 100)).toBe(60);
    expect(costAt(points, 0.25, 100)).toBe(40);
    expect(costAt(points, 0.375, 100)).toBe(50);
    expect(costAt(points, 0.75, 100)).toBe(80);
    expect(costAt(points, 0.125, 100)).toBe(30);
  });

  test('with one point, towards a little more than the dense layer; never less than in proportion below it', () => {
    expect(costAt([{ kept: 0.5, cost: 60 }], 0.75, 100)).toBeCloseTo(85);
    expect(costAt([{ kept: 0.5, cost: 60 }], 0.25, 100)).toBe(40);
    expect(costAt([{ kept: 0.5, cost: 40 }], 0.25, 100)).toBe(20);
    expect(costAt([{ kept: 0.5, cost: 120 }], 0.75, 100)).toBe(120);
    expect(costAt([], 0.5, 100)).toBeUndefined();
  });

  test('break even', () => {
    expect(breakEven(points, 80)).toEqual({ ratio: 0.25, kind: 'extrapolated' });
    expect(breakEven(points, 50)).toEqual({ ratio: 0.625, kind: 'between' });
    expect(breakEven(points, 10)).toBeUndefined();
    expect(breakEven([{ kept: 0.5, cost: 60 }], 80)).toEqual({ ratio: 0.5, kind: 'atMost' });
    expect(breakEven([], 80)).toBeUndefined();
  });
});

test('a sample is scaled by the strips a kernel takes', () => {
  const sample = { inputs: [], outputs: [], whole: 100, part: 50 };
  expect(scaledCost(10, sample, {})).toBe(20);
  // 100 positions are 7 strips of 16, 50 are 4.
  expect(scaledCost(8, sample, { strip: 16 })).toBe(14);
});

test('a sample is scaled by the rows of tiles of a kernel whose outputs come in tiles', () => {
  const outputs = [tensorType('f32', [1, 3, 7, 10])];
  const sample = { inputs: [], outputs, whole: 280, part: 70 };
  // 28 lines are 7 rows of tiles, 7 are 2.
  expect(scaledCost(10, sample, { strip: 16, down: 4 })).toBe(35);
  expect(scaledCost(10, { ...sample, whole: 1, part: 1 }, { down: 4 })).toBe(10);
});
