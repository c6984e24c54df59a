import { lower, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, isOp, outputOf, relayout, typeAt } from '@ait-rvv/ir';
import { expect, test } from 'vitest';
import { addChain, partlyPitched, pitchedChains } from '../../../../tools/testing/cases/pitched.js';
import { FULL } from '../../../../tools/testing/full.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';
import { selectNumbered } from './named-candidates.js';

const backend = rvvBackend(undefined, { pitch: 0 });

checkCases('convolutions of pictures on a zero-padded pitch', pitchedChains, { backend, tolerance: 6e-6 });

checkCases('runs that lie on a pitch in part', partlyPitched, { backend, tolerance: 6e-6 });

/** Every choice there is of convolutions on a pitch, that read phases of one, and that put their results there. */
const choices = new CaseGraph('choices');
const BLOCK = [{ co: 19 }, { co: 19 }, { co: 19, residual: 2 }] as const;
for (let index = 0; index < (FULL ? 90 : 20); index++) {
  const down = { co: 18, strides: [2, 2] } as const;
  addChain(choices, `dense #${index}`, { x: [1, 20, 12, 18], from: 'layer', layers: [...BLOCK, down, { co: 9 }] });
  const pruned = [...BLOCK, down, { co: 9 }].map((layer) => ({ ...layer, kept: 100 }));
  addChain(choices, `pruned #${index}`, { x: [2, 20, 6, 14], from: 'layer', layers: pruned });
}

checkCases('their tiles, blockings and rounds', choices, {
  ...{ backend, tolerance: 6e-6, select: selectNumbered(backend) },
});

test('whatever a convolution hands to another lies on a pitch, which no copy has put it on', () => {
  const graph = lower(pitchedChains.build(), backend);
  const names = new Set(pitchedChains.names);
  const between = graph.nodes.filter((node) => isOp(node, conv2d) && !names.has(node.name));
  expect(between.length).toBeGreaterThan(names.size);
  const elsewhere = between.filter((node) => typeAt(graph, outputOf(node)).layout.pitch === undefined);
  expect(elsewhere.map(({ name }) => name)).toEqual([]);
  const moved = graph.nodes.filter((node) => isOp(node, relayout) && typeAt(graph, outputOf(node)).layout.pitch);
  expect(moved).toEqual([]);
});

test('what reads a pitch is the kernel of offsets', () => {
  const graph = lower(pitchedChains.build(), backend);
  const reads = [...selectKernels(graph, backend)].filter(
    ([node]) => isOp(node, conv2d) && typeAt(graph, node.inputs[0] ?? -1).layout.pitch !== undefined,
  );
  expect(reads.length).toBeGreaterThan(pitchedChains.names.length);
  expect(new Set(reads.map(([, { kernel }]) => kernel))).toEqual(new Set(['conv_direct']));
});
