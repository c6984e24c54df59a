import { optimize, type Graph, type Tensor } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { planPruning, planText, retainedShare, type PruningOptions, type Scored } from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { orderRows } from '../src/permute/order-rows.js';
import { reorderAxis } from '../src/permute/order.js';
import { Draw, forAll } from './generators.js';

const TILE = 8;

/** Rows of `tiles` kinds, shuffled: those of a kind have the same half of the columns. */
function planted(draw: Draw, tiles: number, depth: number): Tensor {
  const kinds = Array.from({ length: tiles }, () => draw.order(depth).subarray(0, depth / 2));
  const weight = draw.tensor([tiles * TILE, depth]);
  const source = weight.data as Float32Array;
  const data = new Float32Array(source.length);
  draw.order(tiles * TILE).forEach((kind, row) => {
    for (const column of kinds[kind % tiles] ?? []) data[row * depth + column] = source[row * depth + column] ?? 0;
  });
  return { ...weight, data };
}

const scored = (elements: Tensor): Scored => ({ elements, rowAxis: 0, kind: 'l1' });
const half = (elements: Tensor): number => retainedShare(scored(elements), TILE, { n: 32, m: 64 });

describe('an order of rows', () => {
  test('puts rows together that have the same columns', () => {
    forAll(20, (draw) => {
      const weight = planted(draw, 6, 64);
      expect(half(weight)).toBeLessThan(0.8);
      const order = orderRows([{ ...scored(weight), m: 64 }], 6 * TILE, TILE);
      expect(half(reorderAxis(weight, 0, order))).toBe(1);
    });
  });

  test('is an order, the same every time, ascending within a tile', () => {
    forAll(50, (draw) => {
      const rows = draw.whole(1, 60);
      const tileRows = draw.whole(1, 12);
      const weight = draw.tensor([rows, draw.whole(2, 30)]);
      const order = orderRows([{ ...scored(weight), m: 4 }], rows, tileRows);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
      expect(orderRows([{ ...scored(weight), m: 4 }], rows, tileRows)).toEqual(order);
      order.forEach((row, place) => {
        if (place % tileRows > 0) expect(row).toBeGreaterThan(order[place - 1] ?? Infinity);
      });
    });
  });

  test('serves several layers that share it', () => {
    const draw = new Draw(9);
    const weight = planted(draw, 6, 64);
    // The other layer's rows are all alike: it has nothing to gain and nothing to lose.
    const flat = { ...weight, data: new Float32Array(weight.data.length).fill(1) };
    const order = orderRows(
      [weight, flat].map((one) => ({ ...scored(one), m: 64 })),
      6 * TILE,
      TILE,
    );
    expect(half(reorderAxis(weight, 0, order))).toBe(1);
  });

  test('of many rows is found piece by piece', () => {
    const weight = new Draw(3).tensor([4500, 6]);
    const order = orderRows([{ ...scored(weight), m: 6 }], 4500, 14);
    expect(new Set(order).size).toBe(4500);
    const share = (elements: Tensor): number => retainedShare(scored(elements), 14, { n: 3, m: 6 });
    expect(share(reorderAxis(weight, 0, order))).toBeGreaterThan(share(weight) + 0.02);
  });
});

describe('permutations of a plan', () => {
  const build = (name: string): Graph => optimize(buildZooModel(parseZooReference(`zoo:${name}@32`)));

  test.each<[string, PruningOptions]>([
    ['mobilenet_v2', { drop: { ratio: 0.5 } }],
    ['squeezenet1_1', { drop: { ratio: 0.75 } }],
    ['squeezenet1_1', { drop: { pattern: { n: 2, m: 4 } }, score: 'l2' }],
    ['densenet121', { drop: { pattern: { n: 1, m: 4 } }, tileRows: 8 }],
  ])('%s: retain more, at the same cost', (name, options) => {
    const graph = build(name);
    const [plain, permuted] = [planPruning(graph, options), planPruning(graph, { ...options, permute: true })];
    expect(permuted.totals.retained).toBeGreaterThan(plain.totals.retained + 0.003);
    expect(permuted.totals.macs).toEqual(plain.totals.macs);
    expect(permuted.permutations.length).toBeGreaterThan(3);
  });

  test('are the same every time', () => {
    const graph = build('squeezenet1_1');
    const [one, other] = [1, 2].map(() => planText(planPruning(graph, { drop: { ratio: 0.5 }, permute: true })));
    expect(other).toBe(one);
  });

  test('are shared by the layers of a residual group, dense ones included', () => {
    const plan = planPruning(build('resnet18'), { drop: { ratio: 0.5 }, permute: true, exclude: ['layer1.1.conv2'] });
    const taking = (name?: string): string[] =>
      plan.layers.filter(({ permutation }) => permutation === name).map((layer) => layer.name);
    // The stem is added to the results of both blocks.
    expect(taking('conv1')).toEqual(['conv1', 'layer1.0.conv2', 'layer1.1.conv2']);
    expect(taking()).toEqual(['fc']);
  });

  test('are not made where nothing is pruned', () => {
    const plan = planPruning(build('resnet18'), { layers: [{ glob: 'fc', ratio: 0.5 }], permute: true });
    expect(plan.permutations).toEqual([]);
  });
});
