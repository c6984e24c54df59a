import { elementCount, matmul, optimize, tensorF32, type Graph, type Tensor } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import {
  denseCost,
  findLayers,
  IGNORABLE_RULES,
  isPruned,
  MULTIPLY_ADDS,
  parsePlan,
  planPruning,
  planText,
  pruneGraph,
  RULES,
  type CostModel,
  type Plan,
  type PlanLayer,
  type PruningOptions,
} from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { allocate, type Choice } from '../src/plan/allocate.js';
import { forAll } from './generators.js';
import { refusal } from './refusal.js';
import { Sketch } from './sketch.js';

const zoo = (name: string): Graph => optimize(buildZooModel(parseZooReference(`zoo:${name}`)));
const resnet18 = zoo('resnet18@32');
const half = { drop: { ratio: 0.5 } } satisfies PruningOptions;

function layerOf(plan: Plan, name: string): PlanLayer {
  const layer = plan.layers.find((one) => one.name === name);
  if (layer === undefined) throw new Error(`no layer ${name}`);
  return layer;
}

/** What becomes of each layer: `n:m` or the reason. */
function outcome(plan: Plan): Record<string, string> {
  return Object.fromEntries(
    plan.layers.map((layer) => [layer.name, isPruned(layer) ? `${layer.n}:${layer.m}` : layer.reason]),
  );
}

describe('the plan of a network', () => {
  const plan = planPruning(resnet18, { ...half, model: { name: 'resnet18', sha256: 'abc' } });

  test('has every layer, in order, with counts that follow from one formula', () => {
    expect(plan.layers.map(({ name }) => name)).toEqual(
      resnet18.nodes.filter(({ op }) => op.multiplyAdds !== undefined).map(({ name }) => name),
    );
    expect(layerOf(plan, 'layer1.0.conv1')).toEqual({
      name: 'layer1.0.conv1',
      op: 'conv2d',
      weight: 'layer1.0.conv1.weight',
      shape: [64, 64, 3, 3],
      rowAxis: 0,
      groups: 1,
      macs: { before: 2359296, after: 1179648 },
      tileRows: 14,
      n: 288,
      m: 576,
      ratio: 0.5,
      keptColumns: 288,
      retained: 0.566582,
    });
    expect(layerOf(plan, 'fc')).toMatchObject({ op: 'linear', shape: [1000, 512], n: 256, m: 512 });
    expect(outcome(plan)['conv1']).toBe("stem: reads the 3 channels of the model's input");
  });

  test('adds up', () => {
    const sum = (of: (layer: PlanLayer) => number): number => plan.layers.reduce((all, one) => all + of(one), 0);
    expect(plan.totals.macs).toEqual({ before: sum(({ macs }) => macs.before), after: sum(({ macs }) => macs.after) });
    expect(plan.totals).toMatchObject({ layers: 21, pruned: 20 });
    expect(plan.totals.weights.before).toBe(sum(({ shape }) => elementCount(shape)));
    const logs = sum((layer) => (isPruned(layer) ? Math.log(layer.retained) : 0));
    expect(plan.totals.retained).toBeCloseTo(Math.exp(logs / 21), 6);
  });

  test('is the same every time, and reads back', () => {
    expect(planText(planPruning(resnet18, { ...half, model: { name: 'resnet18', sha256: 'abc' } }))).toBe(
      planText(plan),
    );
    expect(parsePlan(planText(plan))).toEqual(plan);
    expect(planText(parsePlan(planText(plan)))).toBe(planText(plan));
  });

  test('as text has one field a line, and lists of numbers on one', () => {
    const lines = planText(plan).split('\n');
    expect(lines).toContain('      "shape": [64, 64, 3, 3],');
    expect(lines).toContain('      "keptColumns": 288,');
  });

  test('a mobile network keeps its depthwise layers dense', () => {
    const mobile = planPruning(zoo('mobilenet_v2@32'), half);
    const depthwise = mobile.layers.filter(({ groups }) => groups > 1);
    expect(depthwise.length).toBe(17);
    for (const layer of depthwise)
      expect(layer).toMatchObject({ reason: expect.stringMatching(/^depthwise: /) as string });
  });
});

describe('what is asked of layers', () => {
  const ask = (options: PruningOptions): Record<string, string> => outcome(planPruning(resnet18, options));

  test('a ratio', () => {
    expect(ask({ drop: { ratio: '0.7' } })['layer2.0.downsample.0']).toBe('20:64');
    expect(ask({ drop: { ratio: 0.9 } })['layer2.0.downsample.0']).toBe(
      "it would keep 7 columns, fewer than 8 do not pay for a tile's start and end",
    );
  });

  test('a ratio of 0 leaves everything dense', () => {
    const plan = planPruning(resnet18, { drop: { ratio: 0 } });
    expect(plan.totals).toMatchObject({ pruned: 0, retained: 1 });
    expect(outcome(plan)['layer1.0.conv1']).toBe('it would keep all its 576 columns');
    expect(pruneGraph(resnet18, plan)).toEqual(resnet18);
  });

  test('a pattern, and a ratio within groups', () => {
    expect(ask({ drop: { pattern: { n: 2, m: 4 } } })['layer1.0.conv1']).toBe('2:4');
    expect(ask({ drop: { ratio: 0.75 }, group: 16 })['layer1.0.conv1']).toBe('4:16');
    const layer = layerOf(planPruning(resnet18, { drop: { pattern: { n: 1, m: 3 } } }), 'layer1.0.conv1');
    expect(layer).toMatchObject({ n: 1, m: 3, keptColumns: 192, ratio: 0.7 });
  });

  test('ratios of single layers: the last glob that matches counts', () => {
    const result = ask({
      ...half,
      layers: [
        { glob: 'layer4.*', ratio: 0.75 },
        { glob: '*.downsample.?', pattern: { n: 1, m: 2 } },
        { glob: 'fc.weight', ratio: '0.625' },
      ],
    });
    expect(result['layer4.0.conv1']).toBe('576:2304');
    expect(result['layer4.0.downsample.0']).toBe('1:2');
    expect(result['layer3.0.conv1']).toBe('576:1152');
    expect(result['fc']).toBe('192:512');
    expect(ask({ layers: [{ glob: 'fc', ratio: 0.5 }] })['layer1.0.conv1']).toBe('no ratio is asked of it');
  });

  test('included and excluded layers', () => {
    const result = ask({ ...half, include: ['layer1.*', 'layer2.*'], exclude: ['*.conv2', '*0.downsample*'] });
    expect(result['layer1.0.conv1']).toBe('288:576');
    expect(result['layer1.0.conv2']).toBe('excluded by *.conv2');
    expect(result['layer2.0.downsample.0']).toBe('excluded by *0.downsample*');
    expect(result['layer3.0.conv1']).toBe('not included');
  });

  test('layers that must stay dense, with the reason given', () => {
    expect(ask({ ...half, keepDense: new Map([['fc', 'because']]) })['fc']).toBe('because');
  });

  test('rules that are ignored', () => {
    expect(IGNORABLE_RULES).toEqual(['stem', 'few-columns', 'no-saving', 'few-rows', 'short-products', 'costs-more']);
    const tiny = { drop: { ratio: 0.9 }, ignoreRules: ['stem', 'few-columns'] } satisfies PruningOptions;
    expect(ask(tiny)).toMatchObject({ conv1: '15:147', 'layer2.0.downsample.0': '7:64' });
    expect(ask({ drop: { ratio: 0.9 }, minColumns: 7 })['layer2.0.downsample.0']).toBe('7:64');
    const slight = { drop: { ratio: 0.05 } };
    expect(ask(slight)['layer1.0.conv1']).toBe(
      'keeping 548 of 576 columns saves less than their offsets cost in tiles of 14',
    );
    expect(ask({ ...slight, ignoreRules: ['no-saving'] })['layer1.0.conv1']).toBe('548:576');
  });

  test('a layer that costs more pruned stays dense', () => {
    const cost: CostModel = {
      unit: 'cycles',
      fixed: () => 0,
      layer: (layer, sparsity) => (sparsity === undefined ? 100 : layer.name === 'fc' ? 120 : 60),
    };
    const result = ask({ ...half, cost });
    expect(result['fc']).toBe('pruned it would cost 120 cycles, dense 100');
    expect(result['layer1.0.conv1']).toBe('288:576');
  });
});

describe('layers that cannot be pruned', () => {
  const reasonOf = (name: string, build: (s: Sketch) => Graph, options: PruningOptions = half): string | undefined =>
    outcome(planPruning(build(new Sketch()), options))[name];

  test('weights read in two ways', () => {
    const build = (s: Sketch): Graph => {
      const x = s.input(8, 16);
      const weight = s.constant([16, 16], 'w');
      const attrs = { transA: false, epilogue: [] };
      const a = s.builder.apply(matmul, [x, weight], { ...attrs, transB: true }, { name: 'a' });
      return s.finish(s.builder.apply(matmul, [a, weight], { ...attrs, transB: false }, { name: 'b' }));
    };
    expect(reasonOf('a', build)).toBe('"b" reads its weight in another way');
  });

  test('weights that something else reads', () => {
    const build = (s: Sketch): Graph => {
      const weight = s.constant([16, 16, 1, 1], 'w');
      const y = s.convWith('a', s.input(1, 16, 5, 5), weight);
      return s.finish(y, s.mean(weight, [1]));
    };
    expect(reasonOf('a', build)).toMatch(/^"reduce.*" reads its weight, too$/);
  });

  test('groups that tiles would straddle; others are pruned', () => {
    const build = (s: Sketch): Graph => s.finish(s.conv('a', s.input(1, 32, 5, 5), 32, { kernel: 3, groups: 2 }));
    expect(reasonOf('a', build)).toBe('its groups of 16 rows cannot be cut into tiles of 14');
    expect(reasonOf('a', build, { ...half, tileRows: 8 })).toBe('72:144');
  });

  test('weights with infinities or NaN', () => {
    const build = (s: Sketch): Graph => {
      const data = new Float32Array(256).fill(1);
      data[7] = NaN;
      const weight = s.builder.constant('w', { dtype: 'f32', shape: [16, 16, 1, 1], data });
      return s.finish(s.convWith('a', s.input(1, 16, 5, 5), weight));
    };
    expect(reasonOf('a', build)).toBe('its weight holds infinities or NaN');
  });

  test('what is pruned already', () => {
    const graph = pruneGraph(resnet18, planPruning(resnet18, half));
    expect(outcome(planPruning(graph, half))['fc']).toBe('its weight is pruned already');
  });

  test('one weight in several layers is one decision', () => {
    const s = new Sketch();
    const weight = s.constant([16, 16, 1, 1], 'w');
    const graph = s.finish(s.convWith('b', s.convWith('a', s.input(1, 16, 5, 5), weight), weight));
    const plan = planPruning(graph, half);
    expect(plan.layers).toHaveLength(1);
    expect(plan.layers[0]).toMatchObject({ name: 'a', alsoUsedBy: ['b'], n: 8, macs: { before: 12800, after: 6400 } });
    const pruned = pruneGraph(graph, plan);
    expect(pruned.values.filter(({ constant }) => constant?.kind === 'columnNM')).toHaveLength(1);
  });

  test('a convolution that reads many channels of the input is no stem', () => {
    const build =
      (channels: number) =>
      (s: Sketch): Graph =>
        s.finish(s.conv('a', s.input(1, channels, 5, 5), 16, { kernel: 3 }));
    expect(reasonOf('a', build(4))).toMatch(/^stem/);
    expect(reasonOf('a', build(5))).toBe('23:45');
  });

  test('fully connected layers whose products are too short to save anything', () => {
    const build =
      (positions: number, inputs: number, outputs: number) =>
      (s: Sketch): Graph =>
        s.finish(s.linear('a', s.input(positions, inputs), outputs));
    expect(reasonOf('a', build(1, 64, 512))).toBe(
      'fully connected, 1 position: about 13000 instructions pruned are not clearly fewer than 4200 dense',
    );
    expect(reasonOf('a', build(1, 64, 512), { ...half, ignoreRules: ['short-products'] })).toBe('32:64');
    // More inputs make longer products, more positions share what surrounds them, and fewer columns need less of it.
    expect(reasonOf('a', build(1, 1024, 512))).toBe('512:1024');
    expect(reasonOf('a', build(64, 64, 512))).toBe('32:64');
    expect(reasonOf('a', build(4, 256, 512))).toMatch(/^fully connected, 4 positions: /);
    expect(reasonOf('a', build(4, 256, 512), { drop: { ratio: 0.9 } })).toBe('26:256');
  });

  test('1x1 layers of few rows that read an input from beyond the first cache', () => {
    const build =
      (channels: number, size: number, rows: number, kernel = 1) =>
      (s: Sketch): Graph =>
        s.finish(s.conv('a', s.input(1, channels, size, size), rows, { kernel }));
    expect(reasonOf('a', build(64, 56, 16))).toBe(
      '1x1 with 16 rows: 32 of 64 columns dropped save them less than it costs to read the others out of order',
    );
    expect(reasonOf('a', build(64, 56, 16), { ...half, ignoreRules: ['few-rows'] })).toBe('32:64');
    expect(reasonOf('a', build(64, 56, 48))).toBe('32:64');
    expect(reasonOf('a', build(64, 56, 32))).toMatch(/^1x1 with 32 rows/);
    expect(reasonOf('a', build(64, 56, 32), { drop: { ratio: 0.75 } })).toBe('16:64');
    expect(reasonOf('a', build(64, 7, 16))).toBe('32:64');
    expect(reasonOf('a', build(64, 56, 16, 3))).toBe('288:576');
  });

  test('every rule has a name of its own', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  });
});

describe('options that make no sense', () => {
  const refused = (options: PruningOptions): string => refusal(() => planPruning(resnet18, options));

  test.each<[string, PruningOptions, string]>([
    ['nothing', {}, 'AIT4003 nothing is asked for: give a ratio, a pattern or a budget.'],
    [
      'a ratio of 1',
      { drop: { ratio: 1 } },
      'AIT4003 the ratio "1" is no share of columns to drop: 0 or more, below 1.',
    ],
    ['NaN', { drop: { ratio: NaN } }, 'AIT4003 the ratio "NaN" is no share of columns to drop: 0 or more, below 1.'],
    [
      'N > M',
      { drop: { pattern: { n: 5, m: 4 } } },
      'AIT4003 the pattern 5:4 keeps N of every M columns, so N is from 1 to M.',
    ],
    [
      'N = 0',
      { drop: { pattern: { n: 0, m: 4 } } },
      'AIT4003 the pattern 0:4 keeps N of every M columns, so N is from 1 to M.',
    ],
    ['tiles of 0', { ...half, tileRows: 0 }, 'AIT4003 tiles need 1 row or more, not 0.'],
    ['groups of 0', { ...half, group: 0 }, 'AIT4003 groups need 1 column or more, not 0.'],
    [
      'an unknown rule',
      { ...half, ignoreRules: ['steam'] },
      'AIT4003 there is no rule "steam" to ignore. There are stem, few-columns, no-saving, few-rows, short-products, costs-more.',
    ],
    [
      'a rule that must hold',
      { ...half, ignoreRules: ['depthwise'] },
      'AIT4003 there is no rule "depthwise" to ignore. There are stem, few-columns, no-saving, few-rows, short-products, costs-more.',
    ],
    [
      'a ratio and a budget',
      { ...half, budget: { limit: 1 } },
      'AIT4003 a ratio for every layer and a budget that finds the ratios exclude each other.',
    ],
    [
      'an unknown layer',
      { ...half, exclude: ['layr4*'] },
      'AIT4003 no layer is called "layr4*". Near are "layer4.0.conv1", "layer4.0.downsample.0", "layer4.0.conv2".',
    ],
    [
      'a budget out of reach',
      { budget: { limit: 10 } },
      'AIT4003 at least 4186512 (11.2 %) of 37523456 multiply-adds remain, more than the budget of 10 (0.0 %). Allow more, or let more layers be pruned.',
    ],
  ])('%s', (_, options, message) => {
    expect(refused(options)).toBe(message);
  });

  test('importances that are missing, of the wrong shape or negative', () => {
    const importance = (tensor: Tensor): PruningOptions => ({
      layers: [{ glob: 'fc', ratio: 0.5 }],
      score: new Map([['fc.weight', tensor]]),
    });
    expect(refused({ ...half, score: new Map() })).toBe(
      'AIT4003 importances of "layer1.0.conv1.weight": are missing for layer "layer1.0.conv1". The file has no tensor.',
    );
    expect(refused(importance(tensorF32([2], [1, 2])))).toBe(
      'AIT4003 importances of "fc.weight": have the shape [2], the weight has [1000,512].',
    );
    const negative = new Float32Array(512_000);
    negative[3] = -1;
    expect(refused(importance({ dtype: 'f32', shape: [1000, 512], data: negative }))).toBe(
      'AIT4003 importances of "fc.weight": must be finite numbers of 0 or more.',
    );
  });
});

describe('scores', () => {
  const s = new Sketch();
  const weight = s.builder.constant('w', { dtype: 'f32', shape: [2, 3], data: Float32Array.of(3, 2, 0, 0, 2, 3.5) });
  const graph = s.finish(
    s.builder.apply(matmul, [s.input(1, 3), weight], { transA: false, transB: true, epilogue: [] }, { name: 'a' }),
  );
  const options: PruningOptions = { drop: { pattern: { n: 1, m: 3 } }, ignoreRules: IGNORABLE_RULES, tileRows: 2 };
  const keptBy = (score: PruningOptions['score']): number | undefined => {
    const pruned = pruneGraph(graph, planPruning(graph, { ...options, ...(score === undefined ? {} : { score }) }));
    const constant = pruned.values.find(({ name }) => name === 'w')?.constant;
    return constant?.kind === 'columnNM' ? constant.columns[0] : undefined;
  };

  test('choose by magnitude, by square or by what is given', () => {
    expect(keptBy(undefined)).toBe(1);
    expect(keptBy('l2')).toBe(2);
    expect(keptBy(new Map([['w', tensorF32([2, 3], [9, 0, 0, 0, 0, 1])]]))).toBe(0);
  });

  test('given ones travel in the plan', () => {
    const given = new Map([['w', tensorF32([2, 3], [9, 0, 0, 0, 0, 1])]]);
    const plan = planPruning(graph, { ...options, score: given });
    expect(plan.score).toBe('external');
    expect(plan.layers[0]).toMatchObject({ columns: 'AQ==', retained: 0.9 });
    expect(pruneGraph(graph, parsePlan(planText(plan)))).toEqual(pruneGraph(graph, plan));
  });
});

describe('budgets', () => {
  const dense = (graph: Graph): number => denseCost(graph, findLayers(graph), MULTIPLY_ADDS, 14);

  test.each(['resnet18@32', 'mobilenet_v2@32', 'squeezenet1_1@64', 'densenet121@32'])(
    '%s: never worse than one ratio for all layers at the same cost, and better somewhere',
    (name) => {
      const graph = zoo(name);
      let better = 0;
      for (const ratio of [0.1, 0.37, 0.5, 0.75]) {
        const uniform = planPruning(graph, { drop: { ratio } });
        const plan = planPruning(graph, { budget: { limit: uniform.totals.macs.after } });
        expect(plan.totals.macs.after).toBeLessThanOrEqual(uniform.totals.macs.after);
        expect(plan.totals.retained).toBeGreaterThanOrEqual(uniform.totals.retained);
        if (plan.totals.retained > uniform.totals.retained) better++;
      }
      expect(better).toBeGreaterThan(0);
    },
  );

  test('are met, layers that are set or must stay dense included', () => {
    const plan = planPruning(resnet18, {
      budget: { limit: 0.4 * dense(resnet18) },
      layers: [{ glob: 'layer1.0.conv1', ratio: 0.9 }],
      exclude: ['fc'],
    });
    expect(plan.totals.macs.after).toBeLessThanOrEqual(0.4 * plan.totals.macs.before);
    expect(plan.totals.macs.after).toBeGreaterThan(0.39 * plan.totals.macs.before);
    expect(layerOf(plan, 'layer1.0.conv1')).toMatchObject({ n: 58, ratio: 0.9 });
    expect(layerOf(plan, 'fc')).toMatchObject({ reason: 'excluded by fc' });
  });

  test('that nothing exceeds leave everything dense', () => {
    const plan = planPruning(resnet18, { budget: { limit: dense(resnet18) } });
    expect(plan.totals).toMatchObject({ pruned: 0, retained: 1 });
    expect(outcome(plan)['fc']).toBe('the budget leaves it dense');
  });

  test('count what the cost model counts', () => {
    // Where all layers cost the same, small ones are pruned as much as large ones.
    const cost: CostModel = {
      unit: 'cycles',
      fixed: () => 100,
      layer: (layer, sparsity) => (sparsity === undefined ? 10 : (10 * sparsity.n) / layer.depth),
    };
    const plan = planPruning(resnet18, { budget: { limit: 100 + 150, cost } });
    const spent = plan.layers.reduce((sum, one) => sum + (isPruned(one) ? (10 * one.n) / one.m : 10), 100);
    expect(spent).toBeLessThanOrEqual(250);
    expect(spent).toBeGreaterThan(249);
  });

  test('choose within groups', () => {
    const plan = planPruning(resnet18, { budget: { limit: 0.5 * dense(resnet18) }, group: 16 });
    for (const layer of plan.layers.filter(isPruned)) expect(layer.m).toBe(16);
    expect(plan.totals.macs.after).toBeLessThanOrEqual(0.5 * plan.totals.macs.before);
  });
});

describe('allocation', () => {
  /** All combinations. */
  function best(layers: readonly (readonly Choice[])[], limit: number): number {
    const [first, ...rest] = layers;
    if (first === undefined) return 0;
    return Math.max(
      ...first.map(({ cost, logRetained }) => (cost > limit ? -Infinity : logRetained + best(rest, limit - cost))),
    );
  }

  test('stays within the limit, and within one step of the optimum', () => {
    forAll(300, (draw) => {
      const layers = Array.from({ length: draw.whole(1, 4) }, () =>
        Array.from({ length: draw.whole(1, 5) }, () => ({ cost: draw.whole(0, 20), logRetained: -draw.whole(0, 20) })),
      );
      const limit = draw.whole(0, 60);
      const picked = allocate(layers, limit);
      const optimum = best(layers, limit);
      if (picked === undefined) {
        expect(optimum).toBe(-Infinity);
        return;
      }
      const chosen = picked.map((choice, layer) => layers[layer]?.[choice] ?? { cost: NaN, logRetained: NaN });
      const sum = (of: (choice: Choice) => number): number => chosen.reduce((all, one) => all + of(one), 0);
      expect(sum(({ cost }) => cost)).toBeLessThanOrEqual(limit);
      const largestStep = Math.max(
        ...layers.map((one) => Math.max(...one.map((c) => c.logRetained)) - Math.min(...one.map((c) => c.logRetained))),
      );
      expect(sum(({ logRetained }) => logRetained)).toBeGreaterThanOrEqual(optimum - largestStep);
      expect(sum(({ logRetained }) => logRetained)).toBeLessThanOrEqual(optimum);
    });
  });

  test('takes the best of a single layer', () => {
    const choices = [
      { cost: 10, logRetained: 0 },
      { cost: 5, logRetained: -2 },
      { cost: 7, logRetained: -1.9 },
    ];
    expect(allocate([choices], 9)).toEqual([2]);
    expect(allocate([choices], 5)).toEqual([1]);
    expect(allocate([choices], 4)).toBeUndefined();
  });
});
