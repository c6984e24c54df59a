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

  describe('for a ratio that was not measured', () => {
    const pruned = lowered(convolution(), '0.6');
    const own = pruned.nodes.find((one) => isOp(one, conv2d));
    const chosenAt = (list: readonly Measurement[]) =>
      own && measuredChoice(list, backend)(pruned, own, considerKernels(pruned, own, backend));

    test('takes the choice of the nearest one', () => {
      const [half, most] = [measured([300, 200, 100], '0.5'), measured([300, 100, 200], '0.75')].map((list) =>
        list.filter(({ layer }) => layer.startsWith('conv2d')),
      );
      if (half === undefined || most === undefined) throw new Error('two ratios');
      expect(half[2]?.parameters).not.toEqual(most[1]?.parameters);
      expect(chosenAt([...most, ...half])?.parameters).toEqual(half[2]?.parameters);
      expect(chosenAt(most)?.parameters).toEqual(most[1]?.parameters);
    });

    test('also where it cuts the layer up a little otherwise', () => {
      const [best] = measured([100], '0.5').filter(({ layer }) => layer.startsWith('conv2d'));
      if (best === undefined) throw new Error('one');
      const { parameters } = best;
      const otherwise = { ...best, parameters: { ...parameters, rowTiles: 99 } };
      expect(chosenAt([otherwise])?.parameters).toEqual(parameters);
      const far = { ...best, parameters: { ...parameters, rowTiles: 99, kBlock: 7 } };
      expect(chosenAt([far])).toBeUndefined();
    });

    test('not of other mask tiles, other kernels than today’s, or the dense layer', () => {
      const half = measured([100], '0.5');
      expect(chosenAt(half)).toBeDefined();
      expect(chosenAt(half.map((one) => ({ ...one, sparsity: one.sparsity.replace('/14', '/7') })))).toBeUndefined();
      expect(chosenAt(half.map((one) => ({ ...one, kernelVersion: 'old' })))).toBeUndefined();
      expect(chosenAt(half.map((one) => ({ ...one, sparsity: 'dense' })))).toBeUndefined();
    });
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

describe('costs of layers', () => {
  const dense = lowered(convolution());
  const all = [...measured([1000, 900]), ...measured([500, 550], '0.5')];

  test('dense and pruned', () => {
    const costs = new MeasuredCosts(all, dense, backend);
    expect(costs.dense('conv')).toBe(900);
    expect(costs.tileRows).toEqual([14]);
    expect(costs.pruned('conv', 0.5, 14)).toBe(500);
    expect(costs.pruned('conv', 0.75, 14)).toBeCloseTo((500 + 1.1 * 900) / 2);
    expect(costs.pruned('conv', 0.5, 7)).toBe(900);
    expect(costs.bestTileRows(0.5)).toBe(14);
    const model = measuredCostModel(costs);
    const [layer] = findLayers(optimize(convolution()));
    if (layer === undefined) throw new Error('a layer');
    // In a network a little more than by itself.
    expect(model.layer(layer, undefined, 14)).toBeCloseTo(918);
    expect(model.layer(layer, { n: 1, m: 2 }, 14)).toBeCloseTo(510);
  });

  test('of kernels that have changed since do not count', () => {
    const isBest = ({ cost, layer }: Measurement): boolean =>
      layer.startsWith('conv2d') && [900, 500].includes(cost ?? 0);
    const stale = all.map((one) => (isBest(one) ? { ...one, kernelVersion: 'old', cost: 1 } : one));
    const costs = new MeasuredCosts(stale, dense, backend);
    expect(costs.dense('conv')).toBe(1000);
    expect(costs.pruned('conv', 0.5, 14)).toBe(550);
    const old = new MeasuredCosts(
      all.map((one) => ({ ...one, kernelVersion: 'old' })),
      dense,
      backend,
    );
    expect(old.tileRows).toEqual([]);
    expect(() => old.dense('conv')).toThrow(
      'of layer "conv" the tuning file holds only measurements by kernels that have changed since',
    );
  });

  test('that were never measured, or with masks that cannot be', () => {
    expect(() => new MeasuredCosts([], dense, backend).dense('conv')).toThrow(
      'of layer "conv" the tuning file holds no measurement',
    );
    const odd = ['9:8/14', '0:144/14', '72:999/14', '72:144/0'].flatMap((sparsity) =>
      all.filter((one) => one.sparsity !== 'dense').map((one) => ({ ...one, sparsity })),
    );
    expect(new MeasuredCosts([...all, ...odd], dense, backend).pruned('conv', 0.5, 14)).toBe(500);
  });
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
