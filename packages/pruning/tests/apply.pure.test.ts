import {
  decodeWeight,
  gather,
  interpret,
  matmul,
  optimize,
  tensorI64,
  transpose,
  type Graph,
  type Tensor,
} from '@ait-rvv/ir';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import {
  applyPlan,
  detectGraph,
  importancesByWeight,
  isPruned,
  maskGraph,
  masksOf,
  planPruning,
  pruneGraph,
  sharedParameters,
  type Plan,
  type PruningOptions,
} from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { sample } from '../../../tools/testing/full.js';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { randomInputs, randomTensor, relativeError } from '../../../tools/testing/tensors.js';
import { bits } from './generators.js';
import { refusal } from './refusal.js';
import { Sketch } from './sketch.js';

const build = (name: string): Graph => buildZooModel(parseZooReference(`zoo:${name}@32`));
const PLANS: Readonly<Record<string, PruningOptions>> = {
  'half of the columns': { drop: { ratio: 0.5 } },
  'permuted, three quarters': { drop: { ratio: 0.75 }, permute: true },
  'permuted 2:4 in tiles of 8': { drop: { pattern: { n: 2, m: 4 } }, tileRows: 8, permute: true },
  'by squares, 1:4 in tiles of 7, the stem, too': {
    drop: { pattern: { n: 1, m: 4 } },
    tileRows: 7,
    score: 'l2',
    ignoreRules: ['stem'],
  },
};

function outputError(a: Graph, b: Graph): number {
  const inputs = randomInputs(a);
  const [left, right] = [interpret(a, inputs), interpret(b, inputs)];
  return Math.max(...a.outputs.map(({ name }) => relativeError(left.get(name), right.get(name))));
}

/**
 * What is kept of every encoded weight. Writing a model may transpose it, which changes where its rows are; and what was
 * chosen from whole rows may happen to fit into smaller groups.
 */
function encodings(graph: Graph): Record<string, unknown> {
  return Object.fromEntries(
    graph.values.flatMap(({ name, constant }) => {
      if (constant?.kind !== 'columnNM') return [];
      const { tileRows, columns } = constant;
      return [[name.replace(/\.transposed$/, ''), { tileRows, columns: columns.join(' ') }]];
    }),
  );
}

/** For comparing large arrays at once. */
function bytesOf({ buffer, byteOffset, byteLength }: Tensor['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function dense(graph: Graph, name: string): Tensor {
  const value = graph.values.find((one) => one.name === name);
  if (value?.constant === undefined) throw new Error(`no constant ${name}`);
  return decodeWeight(value.constant, value.type);
}

const NETWORKS = ['resnet18', 'mobilenet_v2', 'densenet121', 'squeezenet1_1'];
const GRID = NETWORKS.flatMap((name) => Object.keys(PLANS).map((plan) => ({ name, plan })));

describe('pruned, masked and applied graphs compute the same', () => {
  test.each(sample(GRID, 5, 1))('$name, $plan', ({ name, plan: options }) => {
    const imported = build(name);
    const optimized = optimize(imported);
    const plan = planPruning(optimized, PLANS[options] ?? {});
    const pruned = pruneGraph(optimized, plan);
    const masked = maskGraph(imported, plan, optimized);
    const applied = applyPlan(imported, plan, optimized);
    expect(Object.keys(encodings(pruned))).toHaveLength(plan.totals.pruned);
    expect(outputError(pruned, masked)).toBeLessThan(2e-6);
    expect(outputError(applied, masked)).toBeLessThan(2e-6);
    // It is another function than that of the dense network.
    expect(outputError(masked, imported)).toBeGreaterThan(1e-3);
    // Whoever reads the applied model finds the sparsity again.
    const found = detectGraph(optimize(importOnnx(exportOnnx(applied))));
    expect(encodings(found)).toEqual(encodings(pruned));
  });
});

test('what is applied runs in ONNX Runtime, for which it is a dense model', async () => {
  const imported = build('mobilenet_v2');
  const optimized = optimize(imported);
  const plan = planPruning(optimized, { drop: { ratio: 0.5 }, permute: true });
  const inputs = randomInputs(imported);
  const theirs = await runOnnxRuntime(exportOnnx(applyPlan(imported, plan, optimized)), inputs);
  const ours = interpret(pruneGraph(optimized, plan), inputs);
  expect(relativeError(theirs.get('output'), ours.get('output'))).toBeLessThan(1e-5);
});

describe('masks', () => {
  const imported = build('resnet18');
  const optimized = optimize(imported);

  test('are those of the parameters, exact, and in the order of the model', () => {
    const plan = planPruning(optimized, { drop: { ratio: 0.5 }, permute: true });
    const masks = masksOf(imported, plan, optimized);
    const masked = maskGraph(imported, plan, optimized);
    expect(masks.size).toBe(plan.totals.pruned);
    for (const layer of plan.layers.filter(isPruned)) {
      const mask = masks.get(layer.weight);
      expect({ dtype: mask?.dtype, shape: mask?.shape }).toEqual({ dtype: 'bool', shape: layer.shape });
      const rows = layer.shape[0] ?? 0;
      const kept = (mask?.data as Uint8Array).reduce((sum, one) => sum + one, 0);
      expect(kept).toBe(rows * layer.keptColumns);
      const original = dense(imported, layer.weight).data as Float32Array;
      const expected = original.map((value, index) => (mask?.data[index] === 1 ? value : 0));
      expect(Buffer.compare(bytesOf(dense(masked, layer.weight).data), bytesOf(expected))).toBe(0);
    }
  });

  test('multiplied into the weights, they keep every weight they promise: retraining under them stays valid', () => {
    const plan = planPruning(optimized, { drop: { ratio: 0.75 } });
    const masks = masksOf(imported, plan, optimized);
    // Other weights under the same masks, with negative zeros, as a training loop leaves them.
    const retrained = {
      ...imported,
      values: imported.values.map((value) => {
        const mask = masks.get(value.name);
        if (mask === undefined || value.constant?.kind !== 'dense') return value;
        const other = randomTensor(mask.shape, value.id + 1).data as Float32Array;
        const tensor = {
          ...value.constant.tensor,
          data: other.map((x, i) => (mask.data[i] === 1 ? x + Math.sign(x) : x * 0)),
        };
        return { ...value, constant: { kind: 'dense' as const, tensor } };
      }),
    };
    const found = encodings(detectGraph(optimize(retrained)));
    expect(found).toEqual(encodings(pruneGraph(optimized, plan)));
  });
});

describe('detection in a graph', () => {
  test('leaves a dense network alone', () => {
    const graph = optimize(build('squeezenet1_1'));
    expect(detectGraph(graph)).toBe(graph);
  });

  test('leaves alone what does not pay, unless that is ignored', () => {
    const optimized = optimize(build('squeezenet1_1'));
    const plan = planPruning(optimized, { drop: { ratio: 0.9 }, ignoreRules: ['few-columns'] });
    const applied = optimize(applyPlan(optimized, plan, optimized));
    expect(Object.keys(encodings(detectGraph(applied))).length).toBeLessThan(plan.totals.pruned);
    const all = detectGraph(applied, { ignoreRules: ['few-columns'] });
    expect(Object.keys(encodings(all))).toHaveLength(plan.totals.pruned);
    expect(outputError(all, applied)).toBe(0);
  });
});

describe('parameters that take a detour', () => {
  /** A linear layer on a transposed parameter, as exporters write it; `tied`: an embedding reads the same parameter. */
  function transposed(tied: boolean): Graph {
    const s = new Sketch();
    const table = s.constant([40, 32], 'table');
    const turned = s.builder.apply(transpose, [table], { perm: [1, 0] });
    const attrs = { transA: false, transB: false, epilogue: [] };
    const y = s.builder.apply(matmul, [s.input(4, 32), turned], attrs, { name: 'head' });
    if (!tied) return s.finish(y);
    const picks = s.builder.constant('picks', tensorI64([2], [0, 3]));
    return s.finish(
      y,
      s.builder.apply(gather, [table, s.builder.apply(transpose, [picks], { perm: [0] })], { axis: 0 }),
    );
  }

  const half: PruningOptions = { drop: { ratio: 0.5 }, tileRows: 8, ignoreRules: ['short-products'] };

  test('are masked under their own name', () => {
    const imported = transposed(false);
    const optimized = optimize(imported);
    const plan = planPruning(optimized, half);
    const masked = maskGraph(imported, plan, optimized);
    const masks = masksOf(imported, plan, optimized);
    expect([...masks.keys()]).toEqual(['table']);
    const data = dense(imported, 'table').data as Float32Array;
    expect(bits(dense(masked, 'table'))).toEqual(
      bits({ ...dense(imported, 'table'), data: data.map((x, i) => (masks.get('table')?.data[i] === 1 ? x : 0)) }),
    );
    expect(outputError(pruneGraph(optimized, plan), masked)).toBeLessThan(1e-6);
  });

  test('get importances by their own name', () => {
    const imported = transposed(false);
    const optimized = optimize(imported);
    const table = dense(imported, 'table');
    const magnitudes = { ...table, data: (table.data as Float32Array).map(Math.abs) };
    const score = importancesByWeight(imported, new Map([['table', magnitudes]]), optimized);
    const [byImportance, byWeight] = [planPruning(optimized, { ...half, score }), planPruning(optimized, half)];
    expect(encodings(pruneGraph(optimized, byImportance))).toEqual(encodings(pruneGraph(optimized, byWeight)));
    expect(refusal(() => importancesByWeight(imported, new Map([['table', { ...magnitudes, shape: [32, 40] }]])))).toBe(
      'AIT4003 importances of "table": have the shape [32,40], the parameter has [40,32].',
    );
  });

  test('are left dense when something else reads them, and copied when a plan prunes them all the same', () => {
    const imported = transposed(true);
    const optimized = optimize(imported);
    expect([...sharedParameters(imported, optimized)]).toEqual([
      ['head', 'its parameter "table" is also used elsewhere'],
    ]);
    const plan = planPruning(optimized, half);
    const masked = maskGraph(imported, plan, optimized);
    expect(bits(dense(masked, 'table'))).toEqual(bits(dense(imported, 'table')));
    expect(outputError(pruneGraph(optimized, plan), masked)).toBeLessThan(1e-6);
  });

  test('one weight under two batch norms is two weights with one parameter', () => {
    const s = new Sketch();
    const weight = s.constant([16, 16, 1, 1], 'shared');
    const x = s.input(1, 16, 4, 4);
    const imported = s.finish(s.norm('n', s.convWith('a', x, weight)), s.norm('m', s.convWith('b', s.relu(x), weight)));
    const optimized = optimize(imported);
    expect([...sharedParameters(imported, optimized).keys()]).toEqual(['a', 'b']);
    const plan = planPruning(optimized, { drop: { ratio: 0.5 }, tileRows: 8 });
    expect(plan.totals.pruned).toBe(2);
    expect(outputError(pruneGraph(optimized, plan), maskGraph(imported, plan, optimized))).toBeLessThan(1e-6);
    expect(refusal(() => masksOf(imported, plan, optimized))).toContain('parameter "shared": has two masks');
  });
});

test('a plan is refused by every function when it is for another graph', () => {
  const plan: Plan = planPruning(optimize(build('squeezenet1_1')), { drop: { ratio: 0.5 } });
  const other = build('resnet18');
  for (const act of [pruneGraph, maskGraph, masksOf, applyPlan]) {
    expect(refusal(() => act(other, plan))).toContain('layer "features.0": is no layer of the model.');
  }
});
