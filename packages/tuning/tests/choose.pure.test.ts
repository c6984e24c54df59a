import { considerKernels } from '@ait-rvv/codegen-core';
import { conv2d, isOp } from '@ait-rvv/ir';
import { findLayers } from '@ait-rvv/pruning';
import {
  CacheError,
  KnownResults,
  layersOf,
  LayerSearch,
  measuredChoice,
  measuredCostModel,
  MeasuredCosts,
  pickSetting,
  sampleLayer,
  type Measurement,
} from '@ait-rvv/tuning';
import { optimize } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { measurement } from './measurements.js';
import { backend, convolution, lowered } from './network.js';

const setting = { device: measurement().device, compiler: measurement().compiler, unit: 'cycles' } as const;

/** Measures nothing, but writes down costs: of choice `index` of the convolution what `costs[index]` says. */
function measured(costs: readonly number[], ratio?: string): readonly Measurement[] {
  const written: Measurement[] = [];
  const cache = {
    path: '',
    all: () => [],
    append: (list: readonly Measurement[]) => void written.push(...list),
    close: () => undefined,
  };
  const results = new KnownResults(cache, setting);
  for (const layer of layersOf(lowered(convolution(), ratio))) {
    const choices = new LayerSearch(layer, backend, results, 99).offered.slice(0, costs.length);
    results.add(
      layer,
      choices,
      choices.map((_, i) => ({ status: 'ok', cost: costs[i] ?? 0, detail: 'whole' })),
    );
  }
  return written;
}

describe('choosing by measurements', () => {
  const graph = lowered(convolution());
  const node = graph.nodes.find((one) => isOp(one, conv2d));
  if (node === undefined) throw new Error('there is a convolution');
  const considered = considerKernels(graph, node, backend);
  const chosen = (list: readonly Measurement[]) => measuredChoice(list, backend)(graph, node, considered);

  test('takes the best one that was measured', () => {
    const list = measured([300, 100, 200]).filter(({ layer }) => layer.startsWith('conv2d'));
    expect(chosen(list)?.parameters).toEqual(list[1]?.parameters);
  });

  test('never one that failed, of other sources, or with parameters the kernel does not offer', () => {
    const [first, second, third] = measured([300, 100, 200]).filter(({ layer }) => layer.startsWith('conv2d'));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    expect(chosen([first, { ...second, status: 'failed', cost: null }, third])?.parameters).toEqual(third.parameters);
    expect(chosen([first, { ...second, kernelVersion: 'old' }, third])?.parameters).toEqual(third.parameters);
    const hostile = { ...second, parameters: { ...second.parameters, t: 1e9 } };
    expect(chosen([first, hostile, third])?.parameters).toEqual(third.parameters);
    expect(chosen([hostile])).toBeUndefined();
    expect(chosen([])).toBeUndefined();
  });
});

describe('which measurements suit a program', () => {
  const device = (changes: Partial<Measurement['device']>): Measurement =>
    measurement({ device: { ...measurement().device, ...changes } });
  const wish = { threads: 2, march: 'rv64gcv' };

  test('one device is taken, of several one must be named', () => {
    expect(pickSetting([measurement()], wish).measurements).toHaveLength(1);
    const two = [measurement(), device({ name: 'board' })];
    expect(() => pickSetting(two, wish)).toThrow('the tuning file holds measurements of board, sim:test');
    expect(pickSetting(two, { ...wish, device: 'board' }).measurements).toEqual([two[1]]);
    expect(() => pickSetting(two, { ...wish, device: 'x' })).toThrow(CacheError);
    expect(() => pickSetting([], wish)).toThrow(CacheError);
  });

  test('as many threads, or the nearest number below; the architecture must be the same', () => {
    const all = [1, 2, 4].map((threads) => device({ threads }));
    expect(pickSetting(all, { ...wish, threads: 2 }).measurements).toEqual([all[1]]);
    expect(pickSetting(all, { ...wish, threads: 3 }).measurements).toEqual([all[1]]);
    expect(() => pickSetting(all, { ...wish, march: 'rv64gcv_zvl512b' })).toThrow(
      /no measurements for -march=rv64gcv_zvl512b/,
    );
  });
});

test('costs of layers, dense and pruned', () => {
  const all = [...measured([1000, 900]), ...measured([500, 550], '0.5')];
  const costs = new MeasuredCosts(all, lowered(convolution()));
  expect(costs.dense('conv')).toBe(900);
  expect(costs.tileRows).toEqual([14]);
  expect(costs.pruned('conv', 0.5, 14)).toBe(500);
  expect(costs.pruned('conv', 0.75, 14)).toBe(700);
  expect(costs.pruned('conv', 0.5, 7)).toBe(900);
  expect(costs.bestTileRows(0.5)).toBe(14);
  expect(() => new MeasuredCosts([], lowered(convolution())).dense('conv')).toThrow(/no measurement of layer "conv"/);
  const model = measuredCostModel(costs);
  const graph = optimize(convolution());
  const [layer] = findLayers(graph);
  if (layer === undefined) throw new Error('a layer');
  expect(model.layer(layer, undefined, 14)).toBe(900);
  expect(model.layer(layer, { n: 1, m: 2 }, 14)).toBe(500);
});

describe('samples', () => {
  const sampleOf = (size: number, most: number) => {
    const graph = lowered(convolution(size));
    const node = graph.nodes.find((one) => isOp(one, conv2d));
    if (node === undefined) throw new Error('there is a convolution');
    return sampleLayer(graph, node, most);
  };

  test('small layers are whole', () => {
    expect(sampleOf(8, 1e6)).toMatchObject({ whole: 1, part: 1 });
  });

  test('large ones lose rows of the picture, and nothing else', () => {
    const { inputs, outputs, whole, part } = sampleOf(56, 1e6);
    expect([whole, part]).toEqual([3136, 448]);
    expect(inputs[0]?.shape).toEqual([1, 16, 8, 56]);
    expect(inputs[1]?.shape).toEqual([16, 16, 3, 3]);
    expect(outputs[0]?.shape).toEqual([1, 16, 8, 56]);
  });
});
