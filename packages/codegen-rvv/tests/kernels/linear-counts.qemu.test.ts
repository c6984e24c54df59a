import { GraphBuilder, matmul, tensorType, type Graph } from '@ait-rvv/ir';
import { isPruned, planPruning, pruneGraph } from '@ait-rvv/pruning';
import { expect, test } from 'vitest';
import { sample } from '../../../../tools/testing/full.js';
import { buildFolder, countSteps, emitGraph } from '../../../../tools/testing/programs.js';
import { randomTensor } from '../../../../tools/testing/tensors.js';

/** Fully connected layers of all sizes: a classifier's, those of a recurrent step, and of a transformer's tokens. */
const SHAPES = [1, 7, 64].flatMap((positions) =>
  [64, 256, 768, 1024].flatMap((inputs) => [10, 100, 1024].map((outputs) => ({ positions, inputs, outputs }))),
);
const PRUNINGS = [0.5, 0.75, 0.9].flatMap((ratio) => [7, 14].map((tileRows) => ({ ratio, tileRows })));

/** Every so many of the shapes in the quick run; no divisor of how many there are of one kind. */
const NTH = 5;

type Shape = (typeof SHAPES)[number];

const nameOf = ({ positions, inputs, outputs }: Shape): string => `${positions}x${inputs}x${outputs}`;

function layers(shapes: readonly Shape[]): Graph {
  const graph = new GraphBuilder('layers');
  shapes.forEach((shape, index) => {
    const x = graph.input(`x${index}`, tensorType('f32', [shape.positions, shape.inputs]));
    const weight = graph.constant(`w${index}`, randomTensor([shape.outputs, shape.inputs], index + 1));
    const attrs = { transA: false, transB: true, epilogue: [] };
    graph.output(`y${index}`, graph.apply(matmul, [x, weight], attrs, { name: nameOf(shape) }));
  });
  return graph.build();
}

/** Instructions of every layer, by name. */
async function count(graph: Graph): Promise<ReadonlyMap<string, number>> {
  const folder = emitGraph(graph);
  await buildFolder(folder);
  const counts = await countSteps(folder, 'qemu:vlen=256');
  expect(counts).toHaveLength(graph.nodes.length);
  return new Map(graph.nodes.map(({ name }, step) => [name, counts[step] ?? NaN]));
}

test('no fully connected layer that the planner prunes needs more instructions than dense', async () => {
  const shapes = sample(SHAPES, NTH);
  const dense = await count(layers(shapes));
  let pruned = 0;
  for (const { ratio, tileRows } of PRUNINGS) {
    const graph = layers(shapes);
    const plan = planPruning(graph, { drop: { ratio }, tileRows });
    const sparse = plan.layers.filter(isPruned).map(({ name }) => name);
    const counts = await count(pruneGraph(graph, plan));
    const dearer = sparse.filter((name) => !((counts.get(name) ?? NaN) <= (dense.get(name) ?? NaN)));
    expect(dearer, `pruned by ${ratio} in tiles of ${tileRows}`).toEqual([]);
    pruned += sparse.length;
  }
  // Most are pruned: the rule is not a way out.
  expect(pruned).toBeGreaterThan((shapes.length * PRUNINGS.length) / 2);
});
