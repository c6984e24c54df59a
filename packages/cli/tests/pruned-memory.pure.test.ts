import { lower, RV64GCV, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { optimize } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { planPruning, pruneGraph } from '@ait-rvv/pruning';
import { expect, test } from 'vitest';

test.each([
  [0.5, 0.58],
  [0.75, 0.29],
])('weights and offsets of layers pruned by %d take at most %d of their dense bytes', (ratio, most) => {
  const network = buildZooModel(parseZooReference('zoo:resnet50@64'));
  const backend = rvvBackend(RV64GCV);
  const plan = planPruning(optimize(network), { drop: { ratio } });
  const lowered = lower(network, backend, { encode: { name: 'prune', run: (one) => pruneGraph(one, plan) } });
  let [dense, packed] = [0, 0];
  for (const [node, candidate] of selectKernels(lowered, backend)) {
    const weight = lowered.values.find(({ id }) => id === node.inputs[1]);
    if (weight?.constant?.kind !== 'columnNM') continue;
    dense += weight.type.shape.reduce((product, extent) => product * extent, 4);
    packed += candidate.emit().weights.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  expect(dense).toBeGreaterThan(80e6);
  expect(packed).toBeLessThanOrEqual(most * dense);
});
