import { interpret, optimize } from '@ait-rvv/ir';
import { RandomSource } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference, ZOO } from '@ait-rvv/ir/zoo';
import { maskGraph, planPruning, pruneGraph } from '@ait-rvv/pruning';

/**
 * What reordering output channels is worth: the retained score of every network of the zoo without and with it, at the
 * same N:M; and how far the reordered program is from the masked network in the model's own order, computed by the
 * interpreter at 32 pixels. The weights are seeded, so that the table is the same on every machine; they have no
 * structure but chance, which trained weights have.
 */
const SIZE = 32;
const OPTIONS = {
  'ratio 0.5': { drop: { ratio: 0.5 } },
  'ratio 0.75': { drop: { ratio: 0.75 } },
  '2:4': { drop: { pattern: { n: 2, m: 4 } } },
};

console.log('| network | what is kept | retained | permuted | gain | channel orders | difference of the outputs |');
console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
for (const name of Object.keys(ZOO)) {
  const imported = buildZooModel(parseZooReference(`zoo:${name}@${SIZE}`));
  const graph = optimize(imported);
  for (const [title, options] of Object.entries(OPTIONS)) {
    const plain = planPruning(graph, options);
    const permuted = planPruning(graph, { ...options, permute: true });
    const [before, after] = [plain.totals.retained, permuted.totals.retained];
    const cells = [
      name,
      title,
      before.toFixed(4),
      after.toFixed(4),
      `${(100 * (after / before - 1)).toFixed(2)} %`,
      String(permuted.permutations.length),
      difference(pruneGraph(graph, permuted), maskGraph(imported, permuted, graph)).toExponential(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Largest difference of the outputs, as a part of the largest output. */
function difference(a, b) {
  const inputs = new Map(
    a.inputs.map((id) => {
      const { name, type } = a.values[id];
      const count = type.shape.reduce((product, extent) => product * extent, 1);
      return [name, { dtype: 'f32', shape: type.shape, data: new RandomSource(1).fill(count, -1, 1) }];
    }),
  );
  const [left, right] = [interpret(a, inputs), interpret(b, inputs)];
  let [error, largest] = [0, 0];
  for (const [name, { data }] of right) {
    data.forEach((value, index) => {
      error = Math.max(error, Math.abs(value - left.get(name).data[index]));
      largest = Math.max(largest, Math.abs(value));
    });
  }
  return error / largest;
}
